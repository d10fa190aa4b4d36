import { RUN_MACHINE, type Instant } from '@tapekeeper/core';
import type { OpenShard, WorkerFacts } from '../../ports/explainStore.ts';
import type { RunId, WorkerId } from '../../ports/runStore.ts';
import type { Door, RunCall, RunFacts } from './runFacts.ts';
import { isAlive, SILENT_MS } from './workers.ts';

/** What a run, or a shard of it, is doing or waiting for, in a word. The first that holds speaks for the run. */
export const SITUATIONS = [
  'over',
  'paused',
  'stopping',
  'pausing',
  'waits_for_turn',
  'waits_to_retry',
  'calling',
  'working',
  'breaker_open',
  'waits_for_budget',
  'item_pauses',
  'waits_for_source',
  'waits_for_connection',
  'disk_full',
  'database_blocked',
  'worker_silent',
  'worker_stuck',
  'no_worker',
  'waits_for_requirement',
  'waits_for_nodes',
  'queued',
  'starting',
  'waits_after_trouble',
  'queued_later',
  'stranded',
  'waits_for_shards',
] as const;
export type SituationCode = (typeof SITUATIONS)[number];

/** A situation with what it is made of; null where that says nothing of it. */
export interface Situation {
  readonly code: SituationCode;
  readonly shardNo: number | null;
  /** Since when, or until when, as far as it is known. */
  readonly since: Instant | null;
  readonly until: Instant | null;
  readonly runIds: readonly RunId[];
  readonly group: string | null;
  readonly workerId: WorkerId | null;
  readonly host: string | null;
  readonly api: string | null;
  /** Milliseconds that it has lasted, or a number in the queue, by the code. */
  readonly amount: number | null;
  readonly detail: string | null;
}

const PLAIN: Omit<Situation, 'code'> = {
  shardNo: null,
  since: null,
  until: null,
  runIds: [],
  group: null,
  workerId: null,
  host: null,
  api: null,
  amount: null,
  detail: null,
};

/** The situation that speaks for a run, then those of its shards. */
export function situationsOf(facts: RunFacts): readonly Situation[] {
  const whole = ofTheRun(facts);
  const shards = facts.shards.map((shard) => ({ ...ofShard(facts, shard), shardNo: shard.no }));
  const all = whole === undefined ? shards : [whole, ...shards];
  if (all.length === 0) return [{ ...PLAIN, code: 'stranded' }];
  const rank = ({ code }: Situation): number => SITUATIONS.indexOf(code);
  return all.toSorted((one, other) => rank(one) - rank(other));
}

function ofTheRun({ run, turn, lastError }: RunFacts): Situation | undefined {
  if (RUN_MACHINE.terminal.includes(run.state)) {
    return { ...PLAIN, code: 'over', since: run.finishedAt, detail: run.error?.message ?? run.reason };
  }
  if (run.state === 'paused') return { ...PLAIN, code: 'paused', since: run.pauseAskedAt };
  if (run.stop !== null) {
    return { ...PLAIN, code: 'stopping', since: run.stopAskedAt, detail: run.stop.by };
  }
  if (run.pauseAskedAt !== null) return { ...PLAIN, code: 'pausing', since: run.pauseAskedAt };
  if (run.waitsForTurn && turn !== null) {
    const isFull = turn.group !== null && turn.group.runs.length >= turn.group.most;
    const holders = turn.ofJob.length > 0 || !isFull ? turn.ofJob : (turn.group?.runs ?? []);
    const runIds = holders.length > 0 ? holders.map(({ id }) => id) : turn.ahead;
    const group = turn.ofJob.length === 0 && isFull ? (turn.group?.name ?? null) : null;
    return { ...PLAIN, code: 'waits_for_turn', since: run.createdAt, runIds, group };
  }
  if (run.state === 'pending' && run.retryAt !== null && run.retryAt > run.readAt) {
    return { ...PLAIN, code: 'waits_to_retry', until: run.retryAt, amount: run.attempt, detail: lastError };
  }
  return undefined;
}

function ofShard(facts: RunFacts, shard: OpenShard): Situation {
  const worker = facts.workers.find(({ id }) => id === shard.workerId);
  return worker === undefined ? ofFreeShard(facts, shard) : ofHeldShard(facts, shard, worker);
}

/** The main loop of a worker that has not moved for so long is stuck. */
const STUCK_MS = 5_000;
/** A statement that waits for a lock this long holds its worker up. */
const BLOCKED_MS = 2_000;

function ofHeldShard(facts: RunFacts, shard: OpenShard, worker: WorkerFacts): Situation {
  const held = { ...PLAIN, since: shard.claimedAt, workerId: worker.id };
  if (worker.stoppedAt !== null || worker.silentMs >= SILENT_MS) {
    return { ...held, code: 'worker_silent', amount: worker.silentMs };
  }
  const stuckMs = (worker.vitals?.stuckMs ?? 0) + (worker.vitalsMs ?? 0);
  if ((worker.vitals?.stuckMs ?? 0) >= STUCK_MS) return { ...held, code: 'worker_stuck', amount: stuckMs };
  if (isDiskFull(facts)) return diskFull(facts, held);
  const call = theCall(facts, shard, worker);
  if (call !== undefined) return ofCall(facts, held, call);
  const [blocked] = facts.database.blocked.filter(({ waitingMs }) => waitingMs >= BLOCKED_MS);
  if (blocked !== undefined) {
    const detail = blocked.blockers.map(({ pid, application }) => `${application} (pid ${pid})`).join(', ');
    return { ...held, code: 'database_blocked', amount: blocked.waitingMs, detail };
  }
  return { ...held, code: 'working', detail: shard.items.map(({ what }) => what).join(', ') || shard.kind };
}

/** One that is out says most; then one at the gate. */
function theCall({ calls }: RunFacts, shard: OpenShard, worker: WorkerFacts): RunCall | undefined {
  const mine = calls.filter(
    ({ workerId, itemNo }) => workerId === worker.id && shard.items.some(({ no }) => no === itemNo),
  );
  return (['wire', 'gate', 'pause'] as const)
    .map((where) => mine.find((call) => call.where === where))
    .find((call) => call !== undefined);
}

function ofCall({ run, doors }: RunFacts, held: Omit<Situation, 'code'>, call: RunCall): Situation {
  const { host, api, forMs } = call;
  const about = { ...held, host, api, since: run.readAt - forMs, amount: forMs, detail: call.source };
  if (call.where === 'wire') return { ...about, code: 'calling' };
  if (call.where === 'pause') {
    return { ...about, code: 'item_pauses', until: run.readAt + (call.pauseLeftMs ?? 0) };
  }
  const door = doors.get(`${host} ${api}`);
  return { ...about, ...atDoor(door) };
}

function atDoor(door: Door | undefined): Pick<Situation, 'code' | 'until' | 'detail'> {
  if (door?.state === 'open') return { code: 'breaker_open', until: door.until, detail: door.reason };
  return { code: 'waits_for_budget', until: door?.until ?? null, detail: null };
}

function ofFreeShard(facts: RunFacts, shard: OpenShard): Situation {
  const { run, children, shards, workers } = facts;
  const since = { ...PLAIN, since: shard.updatedAt };
  if (shard.waitsForRuns) {
    const code = shard.kind === 'workflow' ? 'waits_for_nodes' : 'waits_for_requirement';
    return { ...since, code, runIds: children.map(({ id }) => id) };
  }
  if (shard.waitsForShards) {
    return {
      ...since,
      code: 'waits_for_shards',
      amount: shards.filter(({ waitsForShards }) => !waitsForShards).length,
    };
  }
  const { dispatch } = shard;
  if (dispatch === null) return { ...since, code: run.waitsForTurn ? 'waits_for_turn' : 'stranded' };
  if (!workers.some(isAlive)) return { ...since, code: 'no_worker' };
  if (dispatch.isTaken) return { ...since, code: 'starting' };
  return dispatch.dueInMs > 0
    ? ofSleepingShard(facts, shard, { ...since, until: run.readAt + dispatch.dueInMs })
    : { ...since, code: 'queued', amount: dispatch.ahead };
}

/** Why a dispatch is not to be taken yet. */
function ofSleepingShard(facts: RunFacts, shard: OpenShard, waits: Omit<Situation, 'code'>): Situation {
  const { source, lastFailure } = shard;
  if (isDiskFull(facts)) return diskFull(facts, waits);
  if (lastFailure?.code === 'not_ready') {
    return { ...waits, code: 'waits_for_source', detail: source };
  }
  const lease = source === null ? undefined : facts.leases.get(source);
  if (lease !== undefined && lease.runIds.some((id) => id !== facts.run.id)) {
    const runIds = lease.runIds.filter((id) => id !== facts.run.id);
    return { ...waits, code: 'waits_for_connection', runIds, workerId: lease.workerId, detail: source };
  }
  const door = source === null ? undefined : facts.doorOf.get(source);
  if (door !== undefined && door.state !== 'free') {
    const { host, api } = door;
    return { ...waits, host, api, ...atDoor(door), until: Math.max(door.until ?? 0, waits.until ?? 0) };
  }
  if (shard.troubles > 0) {
    return {
      ...waits,
      code: 'waits_after_trouble',
      amount: shard.troubles,
      detail: lastFailure?.message ?? null,
    };
  }
  return { ...waits, code: 'queued_later' };
}

function isDiskFull({ freeMegabytes, neededMegabytes }: RunFacts): boolean {
  return freeMegabytes !== null && freeMegabytes < neededMegabytes;
}

function diskFull(facts: RunFacts, about: Omit<Situation, 'code'>): Situation {
  return { ...about, code: 'disk_full', amount: facts.freeMegabytes };
}
