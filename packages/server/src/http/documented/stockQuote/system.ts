import type { CookieRules } from '../../auth/sessionCookie.ts';
import type { DocumentedSystem } from '../system.ts';
import { adminRoutes } from './admin/routes.ts';
import { collectionRoutes } from './collection/routes.ts';
import { fileRoutes } from './files/routes.ts';
import { logRoutes } from './logs/routes.ts';
import { operationLogRoutes } from './operationLogs/routes.ts';
import { worded } from './words.ts';

const TAG = 'documented: stock quotes';

/** The stock quote system of documents 000 and 001: collection tasks, log tables, their administration. */
export function stockQuote(rules: CookieRules): DocumentedSystem {
  return {
    tag: TAG,
    prefixes: ['/api/data-collection', '/start_historical_collection', '/api/admin'],
    worded,
    envelope: () => ({}),
    routes(app, context) {
      collectionRoutes(app, context);
      fileRoutes(app, context, TAG);
      logRoutes(app, context, TAG);
      operationLogRoutes(app, context, TAG);
      adminRoutes(app, context, TAG, rules);
    },
  };
}
