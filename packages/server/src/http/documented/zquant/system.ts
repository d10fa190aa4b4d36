import type { CookieRules } from '../../auth/sessionCookie.ts';
import type { DocumentedSystem } from '../system.ts';
import { zquantAuthRoutes } from './auth/routes.ts';
import { zquantDashboardRoutes } from './companions/dashboardRoutes.ts';
import { zquantDataRoutes } from './companions/dataRoutes.ts';
import { executionRoutes } from './executions/routes.ts';
import { ZQUANT_TAG } from './route.ts';
import { taskRoutes } from './tasks/routes.ts';
import { worded } from './words.ts';
import { workflowRoutes } from './workflow/routes.ts';

/** The zquant platform of document 004: tasks, executions, workflows, statistics. */
export function zquant(rules: CookieRules): DocumentedSystem {
  return {
    tag: ZQUANT_TAG,
    prefixes: ['/api/v1'],
    worded,
    envelope: ({ status, code, requestId }) => ({
      success: false,
      data: null,
      code: status,
      error_detail: { code, request_id: requestId },
    }),
    routes(app, context) {
      taskRoutes(app, context);
      executionRoutes(app, context);
      workflowRoutes(app, context);
      zquantAuthRoutes(app, context, rules);
      zquantDataRoutes(app, context);
      zquantDashboardRoutes(app, context);
    },
  };
}
