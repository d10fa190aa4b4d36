import { endedWell, isPermanent, isSyncType, type ErrorCode, type WorkflowParams } from '@tapekeeper/core';
import type { Memory } from '../memory/memory.ts';
import { childrenOf, isOver, shardsOf } from '../memory/runs.ts';
import type { RunRow, ShardRow } from '../memory/tables.ts';
import { hasTurn } from '../memory/turns.ts';
import { isSilent } from '../memory/workers.ts';
import { firstOf, type Invariant, type Scene } from './scene.ts';

/** A worker's silence, the scan that finds it, and some room. */
const RESCUED_MS = 40_000;
const SILENT_MS = 15_000;
/** The grace of a stop, the scan that ends it, and some room. */
const STOPPED_MS = 50_000;
const TURN_MS = 20_000;

const overRuns =
  (check: (run: RunRow, scene: Scene) => string | undefined): Invariant['check'] =>
  (scene) =>
    firstOf(scene.memory.tables.runs.values(), (run) => check(run, scene));

export const RUN_INVARIANTS: readonly Invariant[] = [
  { name: 'somebody works on every open run, or is going to', check: overRuns(judgeCare) },
  {
    name: 'a run that is told to end ends',
    check: overRuns(({ id, stop, stopAskedAt, ...run }, scene) => {
      if (isOver(run) || stop === null || scene.calmMs() < STOPPED_MS) return undefined;
      const ms = scene.now() - (stopAskedAt ?? scene.now());
      return ms > STOPPED_MS ? `run ${id} was told to end ${ms} ms ago` : undefined;
    }),
  },
  {
    name: 'a run whose turn has come gets it',
    check: overRuns((run, scene) => {
      if (!run.waitsForTurn || run.stop !== null || run.pauseAskedAt !== null) return undefined;
      if (scene.calmMs() < TURN_MS || !hasTurn(scene.memory, run)) return undefined;
      const since = Math.max(run.createdAt, lastEnd(scene.memory, run));
      return scene.now() - since > TURN_MS ? `run ${run.id} waits though there is room` : undefined;
    }),
  },
  {
    name: 'a sync that is told to end is no success',
    check: overRuns(({ id, type, stop, state }) => {
      if (!isSyncType(type) || stop === null || !endedWell(state)) return undefined;
      return `run ${id} is a ${state}`;
    }),
  },
  { name: 'what has ended has nothing open', check: overRuns(judgeEnd) },
  { name: 'what is open is counted', check: overRuns(judgeOpen) },
  { name: 'no success where something failed', check: overRuns(judgeColour) },
  { name: 'a job and a group have no more runs than they may', check: judgePlaces },
  { name: 'attempts are at most as many as allowed, one after the other', check: overRuns(judgeAttempts) },
  { name: 'what cannot succeed is not tried again', check: judgeRetries },
  { name: 'a node starts once, when its dependencies have ended', check: overRuns(judgeNodes) },
  {
    name: 'a parent goes on when its children have ended',
    check: overRuns((run, scene) => {
      if (isOver(run) || run.state === 'paused' || scene.calmMs() < RESCUED_MS) return undefined;
      const children = childrenOf(scene.memory, run.id);
      const waits = shardsOf(scene.memory, run.id).some((shard) => shard.open && shard.waitsForRuns);
      if (!waits || !children.every(isOver)) return undefined;
      const since = Math.max(0, ...children.map(({ finishedAt }) => finishedAt ?? 0));
      return scene.now() - since > RESCUED_MS ? `run ${run.id} sleeps on` : undefined;
    }),
  },
];

function judgeCare(run: RunRow, scene: Scene): string | undefined {
  if (run.state !== 'pending' && run.state !== 'running') return undefined;
  if (run.waitsForTurn || scene.calmMs() < RESCUED_MS) return undefined;
  const shards = shardsOf(scene.memory, run.id).filter(({ open }) => open);
  if ((run.stop ?? run.pauseAskedAt) !== null && shards.some((shard) => isHeldLive(scene, shard)))
    return undefined;
  const left = shards.find((shard) => isLeft(scene, run, shard));
  if (left === undefined || scene.now() - left.updatedAt < RESCUED_MS) return undefined;
  return `nobody works on shard ${left.no} of run ${run.id} (${run.state}, ${run.reason})`;
}

function isHeldLive({ memory }: Scene, { workerId }: ShardRow): boolean {
  const worker = workerId === null ? undefined : memory.tables.workers.get(workerId);
  return worker !== undefined && worker.stoppedAt === null && !isSilent(memory, worker, SILENT_MS);
}

function isLeft(scene: Scene, run: RunRow, shard: ShardRow): boolean {
  const { memory } = scene;
  if (isHeldLive(scene, shard) || memory.queue.waitsFor(run.id, shard.no) !== undefined) return false;
  if (shard.waitsForRuns) return childrenOf(memory, run.id).every(isOver);
  if (shard.waitsForShards) return !shardsOf(memory, run.id).some((one) => one.open && one !== shard);
  return true;
}

/** When the last run of the same job or group has ended. */
function lastEnd({ tables }: Memory, { jobId, group }: RunRow): number {
  let last = 0;
  for (const other of tables.runs.values())
    if ((other.jobId === jobId && jobId !== null) || (other.group === group && group !== null))
      last = Math.max(last, other.finishedAt ?? 0);
  return last;
}

function judgeEnd(run: RunRow, { memory }: Scene): string | undefined {
  const items = memory.tables.items.get(run.id) ?? [];
  const shards = shardsOf(memory, run.id);
  const closed = new Set(shards.filter(({ open }) => !open).map(({ no }) => no));
  const left = items.find(
    (item) => closed.has(item.shardNo) && (item.state === 'pending' || item.state === 'running'),
  );
  if (left !== undefined) return `item ${left.no} of run ${run.id} is ${left.state} in a closed shard`;
  if (!isOver(run)) return run.finishedAt === null ? undefined : `run ${run.id} is open and has an end`;
  if (run.finishedAt === null || run.openShards !== 0)
    return `run ${run.id} ended with ${run.openShards} open shards`;
  const open = shards.find((shard) => shard.open || shard.workerId !== null);
  return open && `run ${run.id} has ended, its shard ${open.no} has not`;
}

function judgeOpen(run: RunRow, { memory }: Scene): string | undefined {
  const open = shardsOf(memory, run.id).filter((shard) => shard.open).length;
  return open === run.openShards
    ? undefined
    : `run ${run.id} counts ${run.openShards} open shards of ${open}`;
}

function judgeColour(run: RunRow, { memory }: Scene): string | undefined {
  if (run.state === 'success' && run.error !== null) return `run ${run.id} is a success with an error`;
  if (run.type === 'workflow' && run.state === 'success') {
    const bad = childrenOf(memory, run.id).find(
      ({ state, reason }) => state !== 'success' && reason !== 'ended_well_before',
    );
    return bad && `workflow ${run.id} is a success, its node ${bad.node} is ${bad.state}`;
  }
  if (!isSyncType(run.type) || run.state !== 'success') return undefined;
  const failed = (memory.tables.items.get(run.id) ?? []).find(({ state }) => state === 'failed');
  return failed && `run ${run.id} is a success, its item ${failed.no} failed`;
}

function judgePlaces({ memory: { tables } }: Scene): string | undefined {
  const open = [...tables.runs.values()].filter((run) => !isOver(run) && !run.waitsForTurn);
  return (
    firstOf(
      Map.groupBy(open, ({ jobId }) => jobId),
      ([jobId, runs]) => {
        const most = jobId === null ? Infinity : (tables.jobs.get(jobId)?.definition.policies.mostRuns ?? 1);
        return runs.length > most ? `job ${jobId} has ${runs.length} runs of ${most}` : undefined;
      },
    ) ??
    firstOf(
      Map.groupBy(open, ({ group }) => group),
      ([group, runs]) => {
        const most = group === null ? Infinity : (tables.groups.get(group) ?? 1);
        return runs.length > most ? `group ${group} has ${runs.length} runs of ${most}` : undefined;
      },
    )
  );
}

function judgeAttempts(run: RunRow, { memory }: Scene): string | undefined {
  const attempts = memory.tables.runAttempts.filter(({ runId }) => runId === run.id);
  if (attempts.length > run.maxAttempts)
    return `run ${run.id} had ${attempts.length} attempts of ${run.maxAttempts}`;
  const open = attempts.filter(({ endedAt }) => endedAt === null);
  if (open.length > 1) return `run ${run.id} has ${open.length} attempts at a time`;
  if (isOver(run) && open.length > 0) return `run ${run.id} has ended, its attempt has not`;
  const late = attempts.find(({ startedAt }) => run.stopAskedAt !== null && startedAt > run.stopAskedAt);
  return late && `attempt ${late.no} of run ${run.id} began after the run was told to end`;
}

function judgeRetries({ memory: { tables } }: Scene): string | undefined {
  const refused = new Set<string>();
  // whoever takes the item over from one who died knows nothing of the refusal
  const ofItems = firstOf(tables.attempts, ({ runId, itemNo, errorCode, fence }) => {
    const key = `item ${itemNo} of run ${runId} under fence ${fence}`;
    if (refused.has(key)) return `${key} was tried again after a refusal`;
    if (errorCode !== null && isPermanent(errorCode as ErrorCode)) refused.add(key);
    return undefined;
  });
  return (
    ofItems ??
    firstOf(tables.runAttempts, ({ runId, no, error }) => {
      if (error === null || !isPermanent(error.code)) return undefined;
      return tables.runAttempts.some((one) => one.runId === runId && one.no > no)
        ? `run ${runId} was tried again after ${error.code}`
        : undefined;
    })
  );
}

function judgeNodes(run: RunRow, { memory }: Scene): string | undefined {
  if (run.type !== 'workflow') return undefined;
  const { nodes } = run.wish as WorkflowParams;
  const children = childrenOf(memory, run.id);
  return firstOf(nodes, ({ node, dependsOn, condition }) => {
    const own = children.filter((child) => child.node === node);
    if (own.length > 1) return `node ${node} of run ${run.id} has ${own.length} runs`;
    const [started] = own;
    if (started === undefined || started.state === 'skipped') return undefined;
    return firstOf(dependsOn, (name) => {
      const before = children.find((child) => child.node === name);
      if (before === undefined || (before.finishedAt ?? Infinity) > started.createdAt)
        return `node ${node} of run ${run.id} started before ${name} had ended`;
      const isWell = endedWell(before.state) || before.reason === 'ended_well_before';
      return condition === 'success' && !isWell
        ? `node ${node} of run ${run.id} started after ${name} was ${before.state}`
        : undefined;
    });
  });
}
