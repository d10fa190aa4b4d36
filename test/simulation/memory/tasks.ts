import { AppError, PRIORITIES, type RunState } from '@tapekeeper/core';
import type {
  LogLine,
  NodeRun,
  RunControlStore,
  RunStep,
  StepNote,
  StoredLogLine,
  TaskEnd,
} from '../../../packages/server/src/ports/runControlStore.ts';
import type { ShardClaim } from '../../../packages/server/src/ports/runStore.ts';
import { bornOver, runOf } from './jobRuns.ts';
import type { Memory } from './memory.ts';
import { childrenOf, dispatchAnew, isOver, runRow } from './runs.ts';
import type { JobRow, RunRow } from './tables.ts';
import { openOfJob } from './turns.ts';

export function noteSteps(memory: Memory, claim: ShardClaim, notes: readonly StepNote[]): void {
  memory.parts.requireFence(memory, claim);
  const steps = memory.tables.steps.get(claim.runId) ?? [];
  memory.tables.steps.set(claim.runId, steps);
  for (const note of notes) {
    const step: RunStep = {
      estimatedMs: null,
      done: 0,
      total: 0,
      detail: null,
      startedAt: null,
      finishedAt: null,
      ...note,
    };
    const at = steps.findIndex(({ no }) => no === note.no);
    if (at === -1) steps.push(step);
    else steps[at] = step;
  }
}

export function appendLog(memory: Memory, claim: ShardClaim, lines: readonly LogLine[]): void {
  memory.parts.requireFence(memory, claim);
  const log = memory.tables.logs.get(claim.runId) ?? [];
  memory.tables.logs.set(claim.runId, log);
  for (const line of lines) log.push({ ...line, no: log.length + 1, at: memory.now() });
}

export function runLog(
  { tables }: Memory,
  id: number,
  after: number,
  limit: number,
): readonly StoredLogLine[] {
  return (tables.logs.get(id) ?? []).filter(({ no }) => no > after).slice(0, limit);
}

/** The result and the end of the run are one. */
export function endTask(memory: Memory, claim: ShardClaim, end: TaskEnd): RunState {
  const shard = memory.parts.requireFence(memory, claim);
  const run = runRow(memory, claim.runId);
  memory.parts.freeShard(memory, shard);
  shard.open = false;
  run.result = end.result;
  memory.parts.endRun(memory, run, end.state, end.error);
  return run.state;
}

export function nodeRuns(memory: Memory, id: number): readonly NodeRun[] {
  return childrenOf(memory, id).flatMap(({ node, id: runId, state, reason, error }) =>
    node === null ? [] : [{ node, runId, state, reason, error }],
  );
}

type Step = Parameters<RunControlStore['advanceWorkflow']>[1];

/** Starts and passes over nodes, and lets the workflow sleep until another child ends. */
export function advanceWorkflow(memory: Memory, claim: ShardClaim, step: Step): void {
  const shard = memory.parts.requireFence(memory, claim);
  const run = runRow(memory, claim.runId);
  if (run.stop !== null || run.pauseAskedAt !== null) throw new AppError('interrupted');
  const known = new Set(nodeRuns(memory, run.id).map(({ node }) => node));
  for (const { node, jobId, reason } of step.skip)
    if (!known.has(node)) addNode(memory, run, node, jobId, { state: 'skipped', reason });
  for (const { node, jobId } of step.start)
    if (!known.has(node)) memory.parts.startNode(memory, run, node, jobId);
  memory.parts.freeShard(memory, shard);
  if (nodeRuns(memory, run.id).filter(isOver).length > step.seenEnded) dispatchAnew(memory, shard);
  else shard.waitsForRuns = true;
}

/** A node's run is one of its job; where there is no room for it, it waits for its turn. */
export function startNode(memory: Memory, workflow: RunRow, node: string, jobId: number): void {
  const job = memory.tables.jobs.get(jobId);
  if (
    job === undefined ||
    job.deletedAt !== null ||
    job.state === 'disabled' ||
    sharesGroup(memory, workflow, job)
  ) {
    addNode(memory, workflow, node, jobId, { state: 'failed', reason: 'workflow_invalid' });
    return;
  }
  const { mostRuns, group } = job.definition.policies;
  const isBusy =
    openOfJob(memory, jobId, true).length >= mostRuns ||
    (group !== null && memory.parts.freeInGroup(memory, group) <= 0);
  addNode(memory, workflow, node, jobId, null, isBusy);
}

/** A group that the workflow holds a place of itself would never have room for its node. */
function sharesGroup({ tables }: Memory, workflow: RunRow, job: JobRow): boolean {
  const { group } = job.definition.policies;
  for (let above: RunRow | undefined = workflow; above !== undefined;) {
    if (group !== null && above.group === group) return true;
    above = above.parentRunId === null ? undefined : tables.runs.get(above.parentRunId);
  }
  return false;
}

function addNode(
  memory: Memory,
  workflow: RunRow,
  node: string,
  jobId: number,
  ended: { readonly state: 'skipped' | 'failed'; readonly reason: string } | null,
  waitsForTurn = ended !== null,
): void {
  const job = memory.tables.jobs.get(jobId);
  if (job === undefined) return;
  const { policies } = job.definition;
  const priority =
    PRIORITIES.indexOf(policies.priority) < PRIORITIES.indexOf(workflow.priority)
      ? policies.priority
      : workflow.priority;
  const runId = memory.parts.insertRun(memory, {
    ...runOf(job),
    cause: 'workflow',
    requestedBy: null,
    parentRunId: workflow.id,
    node,
    policies: { ...policies, priority },
    waitsForTurn,
  });
  if (ended !== null) bornOver(memory, runId, ended.state, ended.reason);
}
