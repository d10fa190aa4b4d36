import type { HttpApp, HttpContext } from '../../../context.ts';
import { schedulerExecutionRoutes } from './executionRoutes.ts';
import { schedulerExecutionStepRoutes } from './executionStepRoutes.ts';
import { schedulerJobRoutes } from './jobRoutes.ts';
import { schedulerStateRoutes } from './stateRoutes.ts';
import { schedulerTriggerRoutes } from './triggerRoutes.ts';

/** The scheduler of document 003: jobs, runs as executions, what was done to jobs. */
export function schedulerRoutes(app: HttpApp, context: HttpContext, tag: string): void {
  schedulerJobRoutes(app, context, tag);
  schedulerTriggerRoutes(app, context, tag);
  schedulerExecutionRoutes(app, context, tag);
  schedulerExecutionStepRoutes(app, context, tag);
  schedulerStateRoutes(app, context, tag);
}
