import {
  advance,
  checkWorkflow,
  RUN_MACHINE,
  workflowInvalid,
  type AppError,
  type WorkflowParams,
} from '@tapekeeper/core';
import type { Run } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';
import type { ShardDispatch } from '../dispatch/shardDispatch.ts';
import { formerNodes, nodeStateOf } from './formerNodes.ts';
import { workflowEnd } from './workflowEnd.ts';
import { loadWorkflowJobs } from './workflowJobs.ts';

/**
 * One look at a workflow: what can start does, what never can is passed over, and it sleeps until one of
 * its nodes has ended. Before its first node it is checked against the jobs as they are now.
 */
export async function workflowShard({ deps, claim, run }: ShardDispatch): Promise<void> {
  const params = run.wish as WorkflowParams;
  const nodes = await deps.store.nodeRuns(run.id);
  const isFirst = nodes.length === 0;
  if (isFirst) {
    const problem = await problemOf(deps, run, params);
    if (problem !== null) return deps.store.failRun(claim, problem);
  }
  const former = isFirst ? await formerNodes(deps, params, run.resumesRunId ?? null) : [];
  const states = new Map([
    ...former.map(({ node, state }) => [node, state] as const),
    ...nodes.map((one) => [one.node, nodeStateOf(one)] as const),
  ]);
  const step = advance(params, states);
  if (step.end !== null && former.length === 0) {
    await deps.store.endTask(claim, workflowEnd(params, nodes, step.end));
    return;
  }
  const withJob = <Node extends { readonly node: string }>(one: Node) => ({
    ...one,
    jobId: jobOf(params, one),
  });
  await deps.store.advanceWorkflow(claim, {
    start: step.start.map((node) => withJob({ node })),
    skip: [...former, ...step.skip.map(withJob)],
    seenEnded: nodes.filter(({ state }) => RUN_MACHINE.terminal.includes(state)).length,
  });
}

async function problemOf(deps: AppDeps, run: Run, params: WorkflowParams): Promise<AppError | null> {
  const jobs = await loadWorkflowJobs(deps, params);
  const problems = checkWorkflow(params, {
    jobs,
    selfId: run.jobId ?? undefined,
    group: run.policies?.group,
  });
  return problems.length === 0 ? null : workflowInvalid(problems);
}

function jobOf({ nodes }: WorkflowParams, { node }: { readonly node: string }): number {
  return nodes.find((one) => one.node === node)?.jobId ?? 0;
}
