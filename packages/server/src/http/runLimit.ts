import { AppError } from '@tapekeeper/core';
import type { AppDeps } from '../app/deps.ts';
import { authorOf } from './auth/author.ts';
import { operationOf } from './auth/authorise.ts';
import type { HttpApp } from './context.ts';

/** Routes by which people begin runs. */
export const BEGIN_RUNS: readonly string[] = [
  'createRun',
  'triggerJob',
  'retryRun',
  'createReconciliation',
  'createImport',
  'stockQuoteUploadFile',
  'zquantTriggerTask',
  'zquantTriggerTaskAlias',
  'zquantResumeExecution',
  'zquantTakeStatistics',
  'zquantSyncData',
  'tradingAgentsTriggerJob',
  'tradingAgentsTriggerAlias',
  'tradingAgentsTriggerShortAlias',
  'tradingAgentsRunSync',
  'tradingAgentsRunMultiSync',
  'stockQuoteStartHistorical',
  'stockQuoteStartHistoricalAlias',
  'stockQuoteStartHistoricalRootAlias',
  'stockQuoteStartRealtime',
  'stockQuoteStartTushareHistorical',
  'stockQuoteStartRealtimeHistorical',
];

/** What all people together may have open, as a multiple of what one may. */
const TOGETHER = 10;

/**
 * Refuses to begin one more run to who has as many open as one may, and to everybody while there are ten times as
 * many: so nobody shuts the others out alone. Requests of one moment may
 * pass it together; what they do is bounded by the budgets of the sources all the same.
 */
export function limitRuns(app: HttpApp, deps: Pick<AppDeps, 'store'>, most: number): void {
  app.addHook('preHandler', async (request) => {
    const operation = operationOf(request.routeOptions.schema as { operationId?: unknown } | undefined);
    if (operation === undefined || !BEGIN_RUNS.includes(operation)) return;
    const person = authorOf(request, toldAuthor(request.body));
    const { all, own } = await deps.store.openRunsOfPeople(person, most * TOGETHER);
    if (own >= most) throw new AppError('too_many_runs', { count: own });
    if (all >= most * TOGETHER) throw new AppError('too_many_runs_together', { count: all });
  });
}

/** Whom the installation speaks for. */
function toldAuthor(body: unknown): string | undefined {
  const author = typeof body === 'object' && body !== null ? Reflect.get(body, 'author') : undefined;
  return typeof author === 'string' ? author : undefined;
}
