import type { AppDeps } from '../../../../app/deps.ts';
import { progressOf } from '../../../../app/explain/runProgress.ts';
import type { JobName } from '../../../../ports/statisticsStore.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { stampsOf, wallTime, wallTimeOrNull } from '../times.ts';
import type { Execution } from './executionSchema.ts';
import { durationOf, errorOf, executionResult } from './executionResult.ts';
import { currentItemOf, itemsOf, percentOf } from './progress.ts';
import { statusOf } from './statusWords.ts';
import { jobsOfWorkflows } from './taskResults.ts';

/** Runs of tasks as executions; the names that workflows need are read for all of them at once. */
export async function presentExecutions(
  { store }: Pick<AppDeps, 'store'>,
  runs: readonly RunView[],
): Promise<Execution[]> {
  const ids = jobsOfWorkflows(runs);
  const names = ids.length === 0 ? [] : await store.jobNames(ids);
  return runs.map((run) => presentExecution(run, names));
}

function presentExecution(run: RunView, names: readonly JobName[]): Execution {
  const progress = progressOf(run);
  const { total, done } = itemsOf(run, progress);
  const seconds = run.finishedAt === null ? null : durationOf(run);
  return {
    id: run.id,
    task_id: run.jobId ?? 0,
    status: statusOf(run.state) ?? 'terminated',
    start_time: wallTime(run.startedAt ?? run.createdAt),
    end_time: wallTimeOrNull(run.finishedAt),
    duration_seconds: seconds === null ? null : Math.round(seconds),
    result: executionResult(run, progress, names),
    error_message: errorOf(run),
    retry_count: run.attempt - 1,
    progress_percent: percentOf(progress),
    current_item: currentItemOf(run, progress),
    total_items: total,
    processed_items: done,
    estimated_end_time: progress.eta === null ? null : wallTime(run.readAt + progress.eta.likelyMs),
    is_paused: run.state === 'paused' || (run.pauseAskedAt !== null && run.state === 'running'),
    terminate_requested: run.stopAskedAt !== null,
    ...stampsOf(
      { by: run.requestedBy, at: run.createdAt },
      { by: run.stop?.by ?? run.requestedBy, at: run.finishedAt ?? run.startedAt ?? run.createdAt },
    ),
  };
}
