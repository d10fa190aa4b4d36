import { endedWell, type NodeState, type WorkflowParams } from '@tapekeeper/core';
import type { JobId } from '../../ports/jobStore.ts';
import type { NodeRun } from '../../ports/runControlStore.ts';
import type { RunId } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';

/**
 * Why a node of a resumed workflow is passed over: it has ended already in a run that this one resumes. The
 * first step of the resumed run keeps these, so that it stays whole when the former runs are deleted.
 */
const FORMER_ENDS = {
  success: 'ended_well_before',
  success_with_errors: 'ended_with_errors_before',
} as const;
type FormerEnd = keyof typeof FORMER_ENDS;

interface FormerNode {
  readonly node: string;
  readonly jobId: JobId;
  readonly state: FormerEnd;
  readonly reason: (typeof FORMER_ENDS)[FormerEnd];
}

/** What the state of a node's run says of the node: one that is passed over as done counts as it had ended. */
export function nodeStateOf({ state, reason }: Pick<NodeRun, 'state' | 'reason'>): NodeState {
  if (state !== 'skipped') return state;
  if (reason === FORMER_ENDS.success) return 'success';
  return reason === FORMER_ENDS.success_with_errors ? 'success_with_errors' : 'skipped';
}

/** Nodes that ended well in the run that is resumed, or in one that it resumes in its turn. */
export async function formerNodes(
  deps: Pick<AppDeps, 'store'>,
  params: WorkflowParams,
  resumed: RunId | null,
): Promise<readonly FormerNode[]> {
  const ends = new Map<string, FormerEnd>();
  for (let id = resumed; id !== null; id = (await deps.store.run(id))?.resumesRunId ?? null) {
    for (const run of await deps.store.nodeRuns(id)) {
      const state = nodeStateOf(run);
      if (endedWell(state) && !ends.has(run.node)) ends.set(run.node, state as FormerEnd);
    }
  }
  return params.nodes.flatMap(({ node, jobId }) => {
    const state = ends.get(node);
    return state === undefined ? [] : [{ node, jobId, state, reason: FORMER_ENDS[state] }];
  });
}
