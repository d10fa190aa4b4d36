import { AppError, endedWell, type WorkflowEnd, type WorkflowParams } from '@tapekeeper/core';
import type { NodeRun, TaskEnd } from '../../ports/runControlStore.ts';
import { nodeStateOf } from './formerNodes.ts';

/** The end of a workflow with what became of each node, in the order of the definition. */
export function workflowEnd(params: WorkflowParams, runs: readonly NodeRun[], end: WorkflowEnd): TaskEnd {
  const runOf = new Map(runs.map((run) => [run.node, run]));
  const nodes = params.nodes.flatMap(({ node, jobId }) => {
    const run = runOf.get(node);
    if (run === undefined) return [];
    const { runId, state, reason, error } = run;
    return [{ node, jobId, runId, state, reason, error }];
  });
  const endedBefore = nodes.filter((run) => run.state === 'skipped' && endedWell(nodeStateOf(run)));
  const succeeded = nodes.filter(({ state }) => endedWell(state));
  const skipped = nodes.filter(({ state }) => state === 'skipped').length - endedBefore.length;
  const failed = nodes.filter(({ state }) => !endedWell(state) && state !== 'skipped');
  return {
    state: end,
    result: {
      nodes,
      succeeded: succeeded.length,
      endedBefore: endedBefore.length,
      failed: failed.length,
      skipped,
    },
    error:
      end === 'failed'
        ? new AppError('workflow_failed', {
            failed: failed.length,
            total: nodes.length,
            nodes: failed.map(({ node }) => node).join(', '),
          })
        : null,
  };
}
