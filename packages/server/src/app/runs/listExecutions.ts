import type { ExecutionPage, ExecutionTrace } from '../../ports/executionStore.ts';
import type { RunView } from '../../ports/viewStore.ts';
import type { RunDeps } from './findRun.ts';

/** A run with what lists of executions show beside it. */
export interface Execution {
  readonly run: RunView;
  /** Display name of its job, also of one that is deleted; null without a job. */
  readonly jobName: string | null;
  /** What went wrong; undefined where nothing did, and where it was not asked for. */
  readonly trace: ExecutionTrace | undefined;
}

export interface Executions {
  readonly executions: readonly Execution[];
  /** How many there are on all pages. */
  readonly total: number;
}

/**
 * A page of runs, newest first: those of jobs, those that people began without one, and those that were missed or
 * skipped, which are over from the beginning.
 */
export async function listExecutions(
  deps: RunDeps,
  page: ExecutionPage,
  { traced }: { readonly traced: boolean },
): Promise<Executions> {
  const [ids, total] = await Promise.all([deps.store.executionIds(page), deps.store.executionCount(page)]);
  const runs = await deps.store.runsById(ids);
  return { executions: await withJobs(deps, runs, traced), total };
}

async function withJobs(
  { store }: RunDeps,
  runs: readonly RunView[],
  traced: boolean,
): Promise<readonly Execution[]> {
  const jobIds = [...new Set(runs.flatMap(({ jobId }) => (jobId === null ? [] : [jobId])))];
  const troubled = traced ? runs.filter(({ state }) => TROUBLED.includes(state)) : [];
  const [names, traces] = await Promise.all([
    store.jobNames(jobIds),
    store.executionTraces(troubled.map(({ id }) => id)),
  ]);
  const nameOf = new Map(names.map(({ id, name }) => [id, name]));
  const traceOf = new Map(traces.map((trace) => [trace.runId, trace]));
  return runs
    .toSorted((one, other) => other.id - one.id)
    .map((run) => ({
      run,
      jobName: run.jobId === null ? null : (nameOf.get(run.jobId) ?? run.jobKey),
      trace: traceOf.get(run.id),
    }));
}

const TROUBLED: readonly RunView['state'][] = ['failed', 'success_with_errors', 'cancelled'];
