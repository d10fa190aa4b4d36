import { AppError, isAppError, type TaskType } from '@tapekeeper/core';
import type { ShardClaim } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';
import type { ShardDispatch } from '../dispatch/shardDispatch.ts';
import { backupTask } from './backupTask.ts';
import { commandTask } from './commandTask.ts';
import { exampleTask } from './exampleTask.ts';
import { exportTask } from './exportTask.ts';
import { importTask } from './importTask.ts';
import { reconcileTask } from './reconcileTask.ts';
import { retentionTask } from './retentionTask.ts';
import { sourceCheckTask } from './sourceCheckTask.ts';
import { statisticsTask } from './statisticsTask.ts';
import type { Task } from './task.ts';
import { createTaskReport } from './taskReport.ts';

/** What runs of each type do that are one piece of work. */
const TASKS: Readonly<Record<TaskType, Task>> = {
  reconcile: reconcileTask,
  source_check: sourceCheckTask,
  statistics: statisticsTask,
  retention: retentionTask,
  export: exportTask,
  example: exampleTask,
  command: commandTask,
  backup: backupTask,
  import: importTask,
};

const END_PAUSE_MS = 1_000;

/**
 * Works on a run in one piece, from its beginning however often it was begun before, and ends it. The
 * dispatch is held until then. Raises `interrupted` when the signal aborts, and `lease_lost`.
 */
export async function taskShard({ deps, claim, run, signal }: ShardDispatch): Promise<void> {
  const task = Object.entries(TASKS).find(([type]) => type === run.type)?.[1];
  if (task === undefined)
    throw new AppError('internal', { message: `a ${run.type} is not one piece of work` });
  const report = createTaskReport(deps, claim);
  const stop = AbortSignal.any([signal, report.lost]);
  const { plan, step, log } = report;
  try {
    const end = await task({ deps, run, claim, signal: stop, plan, step, log });
    await endWith(deps, claim, stop, async () => {
      await report.flush();
      if (end.error !== null && (await isTriedAgain(deps, run)))
        await deps.store.failAttempt(claim, end.error);
      else await deps.store.endTask(claim, end);
    });
  } catch (thrown) {
    if (report.lost.aborted) throw report.lost.reason;
    if (!signal.aborted || isAppError(thrown, 'lease_lost')) throw thrown;
    await report.flush().catch(() => {});
    throw new AppError('interrupted', {}, thrown);
  } finally {
    await report.close();
  }
}

/** Whether the job of a run wants what failed by itself tried again, and a try is left. */
async function isTriedAgain({ store }: AppDeps, { id, jobId }: ShardDispatch['run']): Promise<boolean> {
  if (jobId == null) return false;
  const job = await store.job(jobId);
  if (job?.definition.policies.retryFailures !== true) return false;
  const view = await store.run(id);
  return view !== undefined && view.attempt < view.maxAttempts;
}

/** Work that is done is not done again because the database was away for a moment. */
async function endWith(
  deps: AppDeps,
  claim: ShardClaim,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  for (;;) {
    try {
      return await work();
    } catch (thrown) {
      if (!isAppError(thrown, 'database_unreachable')) throw thrown;
      deps.log.warn({ runId: claim.runId, err: thrown }, 'the end of a task was not written, trying again');
      await deps.clock.sleep(END_PAUSE_MS, signal);
    }
  }
}
