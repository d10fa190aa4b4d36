import { callClassOf, takeCall, type CallClass, type Instant, type SourceId } from '@tapekeeper/core';
import type {
  CallInFlight,
  DatabaseActivity,
  LeaseFacts,
  OpenShard,
  OtherRun,
  TurnFacts,
  WorkerFacts,
} from '../../ports/explainStore.ts';
import type { WorkerId } from '../../ports/runStore.ts';
import type { RunView } from '../../ports/viewStore.ts';
import type { AppDeps } from '../deps.ts';

/** Whether a call to a host may go out. */
export interface Door {
  readonly host: string;
  readonly api: string;
  readonly state: 'free' | 'waits' | 'open';
  /** When there is room again, or the breaker lets calls out again. */
  readonly until: Instant | null;
  readonly reason: string | null;
}

export interface RunCall extends CallInFlight {
  readonly workerId: WorkerId;
}

/** Everything that says what a run is doing. */
export interface RunFacts {
  readonly run: RunView;
  readonly shards: readonly OpenShard[];
  readonly workers: readonly WorkerFacts[];
  readonly calls: readonly RunCall[];
  readonly children: readonly OtherRun[];
  readonly turn: TurnFacts | null;
  /** By `host api`, for every call at the gate and every source of a shard that sleeps. */
  readonly doors: ReadonlyMap<string, Door>;
  /** The door of each source, for shards that no call is told of. */
  readonly doorOf: ReadonlyMap<SourceId, Door>;
  /** Leases of sources with one connection that others hold. */
  readonly leases: ReadonlyMap<SourceId, LeaseFacts>;
  /** Why the last attempt failed, of a run that waits for the next one. */
  readonly lastError: string | null;
  readonly freeMegabytes: number | null;
  readonly neededMegabytes: number;
  readonly database: DatabaseActivity;
}

/** Vitals that are older tell nothing of calls any more. */
const VITALS_TELL_MS = 15_000;

export async function runFacts(deps: AppDeps, run: RunView): Promise<RunFacts> {
  const { store } = deps;
  const shards = run.finishedAt === null ? await store.openShards(run.id) : [];
  const holders = shards.flatMap(({ workerId }) => workerId ?? []);
  const [workers, children, turn, attempts, free, database] = await Promise.all([
    store.workersFor(holders),
    store.openChildren(run.id),
    run.waitsForTurn
      ? store.turnOf({ runId: run.id, jobId: run.jobId, group: run.group, priority: run.priority })
      : null,
    run.retryAt === null ? [] : store.runAttempts(run.id),
    deps.freeMegabytes(),
    store.databaseActivity(),
  ]);
  const calls = workers.flatMap((worker) => callsOf(worker, run));
  const sources = [...new Set(shards.flatMap(({ source }) => source ?? []))];
  const doorOf = new Map<SourceId, Door>();
  for (const source of sources) {
    const place = placeOf(deps, source, run);
    if (place !== undefined) doorOf.set(source, await doorTo(deps, run, place.host, place.api));
  }
  const doors = new Map<string, Door>();
  for (const { where, host, api } of calls) {
    if (where === 'gate' && host !== null && api !== null && !doors.has(`${host} ${api}`))
      doors.set(`${host} ${api}`, await doorTo(deps, run, host, api));
  }
  const leases = new Map<SourceId, LeaseFacts>();
  for (const source of sources.filter((id) => deps.sources.get(id)?.singleConnection)) {
    const lease = await store.leaseOf(source);
    if (lease !== undefined && lease.workerId !== null) leases.set(source, lease);
  }
  return {
    run,
    shards,
    workers,
    calls,
    children,
    turn,
    doors,
    doorOf,
    leases,
    lastError: attempts.findLast(({ error }) => error !== null)?.error?.message ?? null,
    freeMegabytes: free ?? null,
    neededMegabytes: deps.settings.minFreeMegabytes,
    database,
  };
}

function callsOf({ id, vitals, vitalsMs }: WorkerFacts, run: RunView): readonly RunCall[] {
  if (vitals === null || vitalsMs === null || vitalsMs > VITALS_TELL_MS) return [];
  return vitals.calls
    .filter(({ runId }) => runId === run.id)
    .map((call) => ({
      ...call,
      workerId: id,
      forMs: call.forMs + vitalsMs,
      pauseLeftMs: call.pauseLeftMs === null ? null : Math.max(0, call.pauseLeftMs - vitalsMs),
    }));
}

/** Where a source is asked for the data set of a run. */
function placeOf(
  { sources }: AppDeps,
  id: SourceId,
  run: RunView,
): { readonly host: string; readonly api: string } | undefined {
  const source = sources.get(id);
  const capability = source?.capabilities.find(({ dataset }) => dataset === run.dataset);
  const host = capability?.host ?? source?.hosts[0];
  return capability === undefined || host === undefined ? undefined : { host, api: capability.api };
}

/** What a call of the run would meet now; nothing is taken from the budget. */
async function doorTo(deps: AppDeps, run: RunView, host: string, api: string): Promise<Door> {
  const free: Door = { host, api, state: 'free', until: null, reason: null };
  if (!deps.settings.budgets) return free;
  const { now, breaker, budgets } = await deps.store.hostFacts(host);
  if (breaker.openUntil !== null && breaker.openUntil > now) {
    return { ...free, state: 'open', until: breaker.openUntil, reason: breaker.reason || null };
  }
  const counting = budgets.filter((budget) => budget.api === '*' || budget.api === api);
  const taking = takeCall(counting, now, classOf(run));
  return taking.granted ? free : { ...free, state: 'waits', until: now + taking.waitMs };
}

function classOf({ cause, priority, params }: RunView): CallClass {
  return params === null ? 'live' : callClassOf({ cause, priority, ...params });
}
