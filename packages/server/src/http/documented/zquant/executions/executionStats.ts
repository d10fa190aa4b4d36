import { grainSpans, type Instant, type Sums } from '@tapekeeper/core';
import type { AppDeps } from '../../../../app/deps.ts';
import { readWindow } from '../../../../app/statistics/window.ts';
import type { z } from 'zod';
import { wallTimeOrNull } from '../times.ts';
import type { statsSchema } from './executionSchema.ts';
import { LISTED_STATES } from './statusWords.ts';

const HOURS = 24;
/** Before any run. */
const BEGINNING: Instant = Date.UTC(2000, 0, 1);

/**
 * What became of the executions of a task, or of all runs: from sums that are kept, with what is open now. Runs that
 * have ended in the last seconds may not be in it yet.
 */
export async function executionStats(
  { store }: Pick<AppDeps, 'store'>,
  taskId: number | undefined,
): Promise<z.output<typeof statsSchema>> {
  const [scope, subject] = taskId === undefined ? (['all', ''] as const) : (['job', String(taskId)] as const);
  const now = await store.now();
  const lately = readWindow({ last: '24h' }, now);
  const [ever, recent, open, newest, load] = await Promise.all([
    store.sumsOf(scope, subject, grainSpans(BEGINNING, lately.to)),
    store.sumsOf(scope, subject, lately.spans),
    store.openRuns(taskId ?? null),
    store.runs({ states: LISTED_STATES, dataset: null, jobId: taskId ?? null, before: null, limit: 1 }),
    store.workLoad(),
  ]);
  const { success, successWithErrors, failed, started, runningMs } = ever.sums;
  const succeeded = success + successWithErrors;
  const total = executionsOf(ever.sums) + open.open;
  return {
    total_executions: total,
    success_count: succeeded,
    failed_count: failed,
    running_count: open.running,
    success_rate: total === 0 ? 0 : Math.round((succeeded / total) * 10_000) / 10_000,
    avg_duration_seconds: started === 0 ? 0 : Math.round(runningMs / started / 10) / 100,
    latest_execution_time: wallTimeOrNull(newest[0]?.startedAt ?? newest[0]?.createdAt ?? null),
    executions_per_hour: Math.round((executionsOf(recent.sums) / HOURS) * 100) / 100,
    thread_pool: {
      size: load.workers.reduce((sum, { slots }) => sum + slots, 0),
      active: load.workers.reduce((sum, { held }) => sum + held, 0),
      waiting: load.dispatches.ready,
    },
    database_pool: {
      size: load.pool.most,
      checked_out: load.pool.used,
      waiting: load.pool.waiting,
    },
  };
}

/** What was missed or skipped is none. */
function executionsOf({ runs, skipped, missed }: Sums): number {
  return runs - skipped - missed;
}
