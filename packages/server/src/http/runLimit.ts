import { AppError } from '@tapekeeper/core';
import type { AppDeps } from '../app/deps.ts';
import { operationOf } from './auth/authorise.ts';
import type { HttpApp } from './context.ts';

/** Routes by which people begin runs. */
export const BEGIN_RUNS: readonly string[] = ['createRun', 'triggerJob', 'retryRun', 'createReconciliation'];

/**
 * Refuses to begin one more run while people have begun as many as may be open. Requests of one moment may
 * pass it together; what they do is bounded by the budgets of the sources all the same.
 */
export function limitRuns(app: HttpApp, deps: Pick<AppDeps, 'store'>, most: number): void {
  app.addHook('preHandler', async (request) => {
    const operation = operationOf(request.routeOptions.schema as { operationId?: unknown } | undefined);
    if (operation === undefined || !BEGIN_RUNS.includes(operation)) return;
    const count = await deps.store.openRunsOfPeople(most);
    if (count >= most) throw new AppError('too_many_runs', { count });
  });
}
