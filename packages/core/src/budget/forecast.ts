import type { Instant } from '../day.ts';
import {
  burstOf,
  levelAt,
  quotaWait,
  refillPerSecond,
  reserveOf,
  shanghaiMidnightAfter,
  type Bucket,
} from './bucket.ts';
import type { CallClass } from './callClass.ts';

/** What decides how long calls will take, as it is now. */
export interface CallRoad {
  readonly now: Instant;
  /** Every bucket that counts these calls. */
  readonly buckets: readonly Bucket[];
  readonly callClass: CallClass;
  /** Milliseconds that one call takes. */
  readonly latencyMs: number;
  /** Calls in flight at a time. */
  readonly lanes: number;
  /** Until then the breaker lets nothing out. */
  readonly openUntil: Instant | null;
}

/** A sliding bucket as a line: calls that it has given after a time, were they all wanted. */
interface Flow {
  /** Calls that this class of work may take at once. */
  readonly level: number;
  readonly most: number;
  readonly perMs: number;
}

/**
 * How long so many calls will take from now on, in milliseconds, by the buckets with what is left in
 * them, the latency and the calls in flight. Others who call the same host meanwhile are not foreseen.
 * @example forecastMs(90, road) // 60_000 and a little, where 90 a minute are allowed
 */
export function forecastMs(calls: number, road: CallRoad): number {
  if (calls <= 0) return 0;
  const quotas = road.buckets.filter((bucket) => !bucket.slides);
  let flows = road.buckets.filter((bucket) => bucket.slides).map((bucket) => flowOf(bucket, road));
  let at = Math.max(road.now, road.openUntil ?? 0);
  flows = flows.map((flow) => grown(flow, at - road.now, 0));
  for (let left = calls; ;) {
    const midnight = quotas.length > 0 ? shanghaiMidnightAfter(at) : Infinity;
    const today = Math.min(left, ...quotas.map((quota) => callsToday(quota, at, road.callClass)));
    const doneAt =
      at + Math.max(startOf(today, flows, road), ...quotas.map((one) => shareWait(one, today, at, road)));
    if (today === left && doneAt < midnight) return doneAt - road.now + road.latencyMs;
    const given = doneAt < midnight ? today : Math.min(today, callsWithin(midnight - at, flows, road));
    flows = flows.map((flow) => grown(flow, midnight - at, given));
    left -= given;
    at = midnight;
    if (left === 0) return midnight - road.now + road.latencyMs;
  }
}

function flowOf(bucket: Bucket, road: CallRoad): Flow {
  const kept = road.callClass === 'backfill' ? reserveOf(bucket, road.now) : 0;
  return {
    level: levelAt(bucket, road.now) - kept,
    most: burstOf(bucket.capacity) - kept,
    perMs: refillPerSecond(bucket) / 1000,
  };
}

/** The flow after a time in which so many calls went out. */
function grown(flow: Flow, ms: number, given: number): Flow {
  return { ...flow, level: Math.min(flow.most, flow.level + flow.perMs * ms - given) };
}

/** When the last of so many calls goes out: none does before every bucket has one, and none overfills. */
function startOf(calls: number, flows: readonly Flow[], road: CallRoad): number {
  if (calls <= 0) return 0;
  const blockedMs = blockedFor(flows);
  const lane = Math.floor((calls - 1) / road.lanes) * road.latencyMs;
  const waits = flows
    .map((flow) => grown(flow, blockedMs, 0))
    .map((flow) => Math.max(0, (calls - flow.level) / flow.perMs));
  return blockedMs + Math.max(lane, ...waits);
}

/** Calls that go out within a time; the inverse of their start. */
function callsWithin(ms: number, flows: readonly Flow[], road: CallRoad): number {
  const blockedMs = blockedFor(flows);
  const leftMs = ms - blockedMs;
  if (leftMs <= 0) return 0;
  const lane = road.latencyMs > 0 ? road.lanes * Math.ceil(leftMs / road.latencyMs) : Infinity;
  const most = flows
    .map((flow) => grown(flow, blockedMs, 0))
    .map((flow) => Math.floor(flow.level + flow.perMs * leftMs));
  return Math.max(0, Math.min(lane, ...most));
}

function blockedFor(flows: readonly Flow[]): number {
  return Math.max(0, ...flows.map((flow) => (1 - flow.level) / flow.perMs));
}

/** What a quota gives until midnight: all that it has but for the last call, which a backfill leaves. */
function callsToday(quota: Bucket, at: Instant, callClass: CallClass): number {
  const kept = callClass === 'backfill' && quota.capacity > 1 ? 1 : 0;
  return Math.max(0, levelAt(quota, at) - kept);
}

/** Milliseconds until the reserve of a quota has shrunk so far that a backfill has had so many calls. */
function shareWait(quota: Bucket, calls: number, at: Instant, road: CallRoad): number {
  const isKept = road.callClass === 'backfill' && quota.capacity > 1 && calls > 0;
  return isKept ? quotaWait(quota, levelAt(quota, at) - calls + 1, at) : 0;
}

/** Shares of the ceilings that calls take; null where a window has none. */
export interface BudgetShare {
  readonly minute: number | null;
  readonly hour: number | null;
  readonly day: number | null;
}

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;

/**
 * How much of a minute's, an hour's and a day's ceiling so many calls take, at most all of it.
 * @example budgetShare(20, [{ capacity: 50, windowSeconds: 60, slides: true }]).minute // 0.4
 */
export function budgetShare(
  calls: number,
  ceilings: readonly Pick<Bucket, 'capacity' | 'windowSeconds'>[],
): BudgetShare {
  const shareOf = (windowSeconds: number): number | null => {
    const capacities = ceilings
      .filter((one) => one.windowSeconds === windowSeconds)
      .map((one) => one.capacity);
    return capacities.length === 0 ? null : Math.min(1, calls / Math.min(...capacities));
  };
  return { minute: shareOf(MINUTE_SECONDS), hour: shareOf(HOUR_SECONDS), day: shareOf(DAY_SECONDS) };
}
