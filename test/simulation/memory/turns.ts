import type { Memory } from './memory.ts';
import { isOver } from './runs.ts';
import type { RunRow } from './tables.ts';

const IN_TURN = ['live', 'normal', 'backfill'];

/** Open runs of a group, with or without those that wait for their turn. */
export function openOfGroup({ tables }: Memory, group: string, waiting: boolean): readonly RunRow[] {
  return [...tables.runs.values()].filter(
    (run) => run.group === group && !isOver(run) && (waiting || !run.waitsForTurn),
  );
}

/** Open runs of a job, with or without those that wait for their turn. */
export function openOfJob({ tables }: Memory, jobId: number, waiting: boolean): readonly RunRow[] {
  return [...tables.runs.values()].filter(
    (run) => run.jobId === jobId && !isOver(run) && (waiting || !run.waitsForTurn),
  );
}

/** Runs that a group has room for. A run that waits counts: nobody overtakes it. */
export function freeInGroup(memory: Memory, group: string): number {
  return mostOfGroup(memory, group) - openOfGroup(memory, group, true).length;
}

export function mostOfGroup({ tables }: Memory, group: string): number {
  return tables.groups.get(group) ?? 1;
}

/** Whether job and group of a waiting run have a place. */
export function hasTurn(memory: Memory, run: RunRow): boolean {
  if (run.jobId !== null) {
    const most = memory.tables.jobs.get(run.jobId)?.definition.policies.mostRuns ?? 1;
    if (openOfJob(memory, run.jobId, false).length >= most) return false;
  }
  return run.group === null || openOfGroup(memory, run.group, false).length < mostOfGroup(memory, run.group);
}

/** Dispatches the next run that waits for this job or, if none can, for this group. */
export function giveTurn(memory: Memory, jobId: number | null, group: string | null): number | undefined {
  const next =
    (group === null ? undefined : nextOf(memory, (run) => run.group === group)) ??
    (jobId === null ? undefined : nextOf(memory, (run) => run.jobId === jobId));
  const first = next && memory.tables.shards.get(next.id)?.[0];
  if (next === undefined || first === undefined) return undefined;
  next.waitsForTurn = false;
  next.reason = null;
  first.updatedAt = memory.now();
  memory.parts.addDispatch(memory, { runId: next.id, shardNo: 0, dispatch: first.dispatch, delayMs: 0 });
  return next.id;
}

function nextOf(memory: Memory, waitsThere: (run: RunRow) => boolean): RunRow | undefined {
  return [...memory.tables.runs.values()]
    .filter((run) => run.waitsForTurn && run.state === 'pending' && run.stop === null && waitsThere(run))
    .toSorted((a, b) => IN_TURN.indexOf(a.priority) - IN_TURN.indexOf(b.priority) || a.id - b.id)
    .find((run) => memory.parts.hasTurn(memory, run));
}

/** Gives every turn that can be given now. */
export function giveTurns(memory: Memory): readonly number[] {
  const given: number[] = [];
  for (const run of memory.tables.runs.values()) {
    if (!run.waitsForTurn || run.state !== 'pending') continue;
    for (;;) {
      const id = memory.parts.giveTurn(memory, run.jobId, run.group);
      if (id === undefined) break;
      given.push(id);
    }
  }
  return given;
}
