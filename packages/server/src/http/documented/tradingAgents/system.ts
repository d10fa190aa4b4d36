import type { CookieRules } from '../../auth/sessionCookie.ts';
import type { DocumentedSystem } from '../system.ts';
import { authRoutes } from './auth/routes.ts';
import { refusalEnvelope } from './envelope.ts';
import { healthRoutes } from './health/routes.ts';
import { sourceRoutes } from './multiSource/sourceRoutes.ts';
import { multiSourceRoutes } from './multiSource/syncRoutes.ts';
import { notificationRoutes } from './notifications/routes.ts';
import { schedulerRoutes } from './scheduling/routes.ts';
import { streamRoutes } from './stream/routes.ts';
import { syncRoutes } from './sync/routes.ts';
import { systemLogRoutes } from './systemLogs/routes.ts';
import { worded } from './words.ts';

const TAG = 'documented: trading agents';

/** The trading agents of documents 002 and 003: state of syncs, scheduler, push channels, operation logs. */
export function tradingAgents(rules: CookieRules): DocumentedSystem {
  return {
    tag: TAG,
    prefixes: [
      '/api/auth',
      '/api/health',
      '/api/sync',
      '/api/scheduler',
      '/scheduler',
      '/api/stream',
      '/api/ws',
      '/ws',
      '/api/notifications',
      '/api/system',
    ],
    worded,
    envelope: refusalEnvelope,
    routes(app, context) {
      authRoutes(app, context, TAG, rules);
      healthRoutes(app, context, TAG);
      syncRoutes(app, context, TAG);
      multiSourceRoutes(app, context, TAG);
      sourceRoutes(app, context, TAG);
      systemLogRoutes(app, context, TAG);
      schedulerRoutes(app, context, TAG);
      streamRoutes(app, context, TAG);
      notificationRoutes(app, context, TAG);
    },
  };
}
