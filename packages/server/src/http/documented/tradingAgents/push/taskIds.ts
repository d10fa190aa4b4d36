import { isAppError, isJobKey, RUN_MACHINE } from '@tapekeeper/core';
import type { AppDeps } from '../../../../app/deps.ts';
import type { JobId, JobView } from '../../../../ports/jobStore.ts';
import type { RunId } from '../../../../ports/runStore.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { runOfTaskId, taskIdOf } from '../../stockQuote/collection/taskId.ts';
import { isExecution, readExecutionId } from '../executionId.ts';
import { namedJob } from '../../tradingAgents/scheduling/namedJobs.ts';

/** What a task id of a client stands for: a run, or a job of which the newest or next run is meant. */
export type Task =
  | { readonly kind: 'run'; readonly runId: RunId }
  | { readonly kind: 'job'; readonly jobId: JobId; readonly runId: RunId | null };

type Deps = Pick<AppDeps, 'store'>;

const RUN_NUMBER = /^[1-9]\d{0,14}$/;

/** Somebody who asks for a job right after its run was begun means that run, though it may be over already. */
const JUST_ENDED_MS = 60_000;

/**
 * Finds what a task id stands for: an execution of the scheduler, the number of a run, a task of the stock quote
 * system, or a job. Undefined where it stands for nothing.
 */
export async function findTask(deps: Deps, text: string): Promise<Task | undefined> {
  const runId = await namedRun(deps, text);
  if (runId !== undefined) return { kind: 'run', runId };
  const job = await jobOf(deps, text);
  if (job === undefined) return undefined;
  const [newest] = await deps.store.runs({
    states: null,
    dataset: null,
    jobId: job.id,
    before: null,
    limit: 1,
  });
  return { kind: 'job', jobId: job.id, runId: newest !== undefined && isMeant(newest) ? newest.id : null };
}

async function namedRun({ store }: Deps, text: string): Promise<RunId | undefined> {
  const execution = readExecutionId(text);
  if (execution !== undefined) {
    const run = await store.run(execution.runId);
    return run !== undefined && isExecution(execution, run) ? run.id : undefined;
  }
  if (RUN_NUMBER.test(text)) return (await store.run(Number(text)))?.id;
  const number = runOfTaskId(text);
  const run = number === undefined ? undefined : await store.run(number);
  return run !== undefined && taskIdOf(run) === text ? run.id : undefined;
}

async function jobOf(deps: Deps, text: string): Promise<JobView | undefined> {
  if (!isJobKey(text)) return undefined;
  try {
    return await namedJob(deps, text);
  } catch (error) {
    if (isAppError(error, 'unknown_job')) return undefined;
    throw error;
  }
}

function isMeant({ state, finishedAt, readAt }: RunView): boolean {
  return !RUN_MACHINE.terminal.includes(state) || readAt - (finishedAt ?? 0) <= JUST_ENDED_MS;
}
