import { RUN_MACHINE, type RunState } from '../run/states.ts';
import { topologicalOrder } from './graph.ts';
import type { WorkflowNode, WorkflowParams } from './workflow.ts';

/** State of the run that a node has become; `none` where it has not been started or passed over. */
export type NodeState = RunState | 'none';

/** Why a node was passed over. */
export type NodeSkipReason = 'workflow_stopped' | 'dependency_failed';

/** How a workflow ends by its nodes. */
export type WorkflowEnd = 'success' | 'success_with_errors' | 'failed';

/** What is to be done with a workflow now. */
export interface WorkflowStep {
  /** Nodes to start, in this order. */
  readonly start: readonly string[];
  readonly skip: readonly { readonly node: string; readonly reason: NodeSkipReason }[];
  /** Set when every node has ended or been passed over before this step. */
  readonly end: WorkflowEnd | null;
}

/**
 * Whether a run ended well, as those that follow it see it: what came is there, and what failed is known
 * and can be repaired.
 * @example endedWell('success_with_errors') // true
 */
export function endedWell(state: NodeState): boolean {
  return state === 'success' || state === 'success_with_errors';
}

/**
 * The next step of a workflow from the states of its nodes, those left out being `none`. Whoever carries
 * out each step and asks again when a node has ended comes to an end, whatever the graph: a node whose
 * turn can never come is passed over.
 * @example advance(params, new Map([['calendar', 'success']])) // starts what waits for the calendar
 */
export function advance(params: WorkflowParams, states: ReadonlyMap<string, NodeState>): WorkflowStep {
  const stateOf = (node: string): NodeState => states.get(node) ?? 'none';
  const all = params.nodes.map(({ node }) => stateOf(node));
  const open = all.filter(isOpen).length;
  if (!all.includes('none')) return { start: [], skip: [], end: open > 0 ? null : endOf(params, all) };

  if (params.onFailure === 'stop' && all.some(endedBadly)) {
    const waiting = params.nodes.filter(({ node }) => stateOf(node) === 'none');
    return { start: [], skip: waiting.map(({ node }) => ({ node, reason: 'workflow_stopped' })), end: null };
  }
  const { ready, skipped } = sortWaiting(params.nodes, stateOf);
  const most = params.mode === 'serial' ? 1 : Math.max(1, params.mostAtATime);
  const start = ready.slice(0, Math.max(0, most - open));
  if (start.length === 0 && skipped.length === 0 && open === 0) {
    const stuck = params.nodes.filter(({ node }) => stateOf(node) === 'none');
    return { start, skip: stuck.map(({ node }) => ({ node, reason: 'dependency_failed' })), end: null };
  }
  return { start, skip: skipped.map((node) => ({ node, reason: 'dependency_failed' })), end: null };
}

/** Of the nodes that wait, those whose dependencies let them start, and those that they never will. */
function sortWaiting(
  nodes: readonly WorkflowNode[],
  stateOf: (node: string) => NodeState,
): { ready: readonly string[]; skipped: readonly string[] } {
  const ready: string[] = [];
  const skipped: string[] = [];
  // in this order a node that is passed over now has been before those behind it are looked at
  for (const { node, dependsOn, condition } of topologicalOrder(nodes)) {
    if (stateOf(node) !== 'none') continue;
    const before = dependsOn.map((name) => (skipped.includes(name) ? 'skipped' : stateOf(name)));
    if (condition === 'success' && before.some(endedBadly)) skipped.push(node);
    else if (before.every(hasEnded)) ready.push(node);
  }
  return { ready, skipped };
}

/** Never green over red: the end says of the nodes what the worst of them says of itself. */
function endOf({ onFailure }: WorkflowParams, states: readonly NodeState[]): WorkflowEnd {
  if (states.every((state) => state === 'success')) return 'success';
  if (!states.some(endedBadly)) return 'success_with_errors';
  return onFailure === 'continue' && states.some(endedWell) ? 'success_with_errors' : 'failed';
}

function isOpen(state: NodeState): boolean {
  return state !== 'none' && !hasEnded(state);
}

function hasEnded(state: NodeState): boolean {
  return state !== 'none' && RUN_MACHINE.terminal.includes(state);
}

function endedBadly(state: NodeState): boolean {
  return hasEnded(state) && !endedWell(state);
}
