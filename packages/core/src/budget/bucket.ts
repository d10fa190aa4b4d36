import { DAY_MS, shanghaiDay, shanghaiInstant, addDays, type Instant } from '../day.ts';
import type { CallClass } from './callClass.ts';

/** How many calls a host allows in a window. */
export interface Ceiling {
  /** Whole calls, at least 1. */
  readonly capacity: number;
  readonly windowSeconds: number;
  /**
   * A sliding window: no stretch of that length ever holds more calls. Otherwise the calendar day of
   * Shanghai, whose calls are all there again after midnight, as quotas are counted.
   */
  readonly slides: boolean;
}

/** A ceiling with what is left of it; `tokens` may be negative after a source has said that it is used up. */
export interface Bucket extends Ceiling {
  readonly tokens: number;
  readonly refilledAt: Instant;
  /** Until then the next call is promised to live work that waits for it. */
  readonly awaitedUntil: Instant | null;
}

export type Taking<B extends Bucket = Bucket> =
  | { readonly granted: true; readonly buckets: readonly B[] }
  /** Nothing was taken; live work has marked the buckets that it waits for. */
  | { readonly granted: false; readonly waitMs: number; readonly buckets: readonly B[] };

/** Share of a ceiling that may go out at once: small, since the rest of the window is paced by what is left. */
const BURST_SHARE = 25;

/** Share of a bucket that backfills leave to live work. */
const RESERVE_SHARE = 5;

/** How long after its time a promised call is kept for the one who waits. */
const PROMISE_SLACK_MS = 1000;

/** Sums of floating tokens may miss a whole one by this. */
const DUST = 1e-9;

/**
 * Calls that may go out at once after an idle time.
 * @example burstOf(500) // 20
 */
export function burstOf(capacity: number): number {
  return Math.max(1, Math.floor(capacity / BURST_SHARE));
}

/**
 * Calls that flow in each second. With the burst before them, fewer than `capacity + 1` go out in any
 * stretch shorter than the window: so the ceiling holds wherever the window is laid.
 * @example refillPerSecond({ capacity: 50, windowSeconds: 60, slides: true }) // 49 / 60
 */
export function refillPerSecond(ceiling: Ceiling): number {
  return (ceiling.capacity - burstOf(ceiling.capacity) + 1) / ceiling.windowSeconds;
}

/** A bucket of a ceiling under which nothing has been called yet. */
export function fullBucket(ceiling: Ceiling, now: Instant): Bucket {
  const { capacity, windowSeconds, slides } = ceiling;
  const tokens = slides ? burstOf(capacity) : capacity;
  return { capacity, windowSeconds, slides, tokens, refilledAt: now, awaitedUntil: null };
}

/** The bucket of a ceiling that the source calls used up: a sliding window gives its next call when it has passed. */
export function usedUpBucket(ceiling: Ceiling, now: Instant): Bucket {
  const full = fullBucket(ceiling, now);
  return { ...full, tokens: ceiling.slides ? burstOf(ceiling.capacity) - ceiling.capacity : 0 };
}

/** Calls that the bucket has now; negative while it is being paid back. A clock that goes back adds nothing. */
export function levelAt(bucket: Bucket, now: Instant): number {
  const { capacity, tokens, refilledAt, slides } = bucket;
  if (!slides) return shanghaiDay(now) > shanghaiDay(refilledAt) ? capacity : Math.min(tokens, capacity);
  const seconds = Math.max(0, now - refilledAt) / 1000;
  return Math.min(burstOf(capacity), tokens + seconds * refillPerSecond(bucket));
}

/**
 * Calls that a backfill has to leave in the bucket: a fifth of what may go out at once or, of a day's
 * quota, a fifth of the share of the rest of the day; at least one call, unless there is only one.
 */
export function reserveOf(ceiling: Ceiling, now: Instant): number {
  const { capacity, slides } = ceiling;
  const most = slides ? burstOf(capacity) : capacity;
  if (most < 2) return 0;
  const share = slides ? 1 : (shanghaiMidnightAfter(now) - now) / DAY_MS;
  return Math.max(1, Math.floor((most * share) / RESERVE_SHARE));
}

/**
 * Takes one call from all of the buckets, or from none. Live work goes first: what it waits for is not
 * given to a backfill meanwhile.
 * @example takeCall([fullBucket(ceiling, 0)], 0, 'live').granted // true
 */
export function takeCall<B extends Bucket>(
  buckets: readonly B[],
  now: Instant,
  callClass: CallClass,
): Taking<B> {
  const sane = buckets.map((bucket) => notOfTheFuture(bucket, now));
  const waits = sane.map((bucket) => waitOf(bucket, now, callClass));
  const waitMs = Math.max(0, ...waits);
  const live = callClass === 'live';
  if (waitMs === 0) {
    const taken = sane.map((bucket) => ({
      ...bucket,
      tokens: levelAt(bucket, now) - 1,
      refilledAt: Math.max(now, bucket.refilledAt),
      awaitedUntil: live ? null : bucket.awaitedUntil,
    }));
    return { granted: true, buckets: taken };
  }
  const marked = live ? sane.map((bucket, at) => promised(bucket, waits[at] ?? 0, now)) : sane;
  return { granted: false, waitMs, buckets: marked };
}

/** Each bucket keeps its next call only until it has one: another may make its caller wait for longer. */
function promised<B extends Bucket>(bucket: B, waitMs: number, now: Instant): B {
  return waitMs > 0 ? { ...bucket, awaitedUntil: now + waitMs + PROMISE_SLACK_MS } : bucket;
}

/**
 * A clock that was set back makes a bucket wait, but not for longer than its window: one from further
 * ahead goes on from now, with what it had.
 */
function notOfTheFuture<B extends Bucket>(bucket: B, now: Instant): B {
  const farthest = now + bucket.windowSeconds * 1000;
  return bucket.refilledAt <= farthest ? bucket : { ...bucket, refilledAt: now, awaitedUntil: null };
}

/** Milliseconds until the bucket has a call for this class of work, were nobody else to take one. */
function waitOf(bucket: Bucket, now: Instant, callClass: CallClass): number {
  const level = levelAt(bucket, now);
  if (callClass === 'live')
    return bucket.slides ? refillWait(bucket, level, 1) : level < 1 ? midnightWait(now) : 0;
  const keptMs = Math.max(0, (bucket.awaitedUntil ?? 0) - now);
  if (bucket.slides) return Math.max(keptMs, refillWait(bucket, level, 1 + reserveOf(bucket, now)));
  return Math.max(keptMs, quotaWait(bucket, level, now));
}

function refillWait(bucket: Bucket, level: number, wanted: number): number {
  if (level >= wanted - DUST) return 0;
  return Math.max(1, Math.ceil(((wanted - level) / refillPerSecond(bucket)) * 1000));
}

/**
 * Milliseconds until a backfill may take the next call of a day's quota that has so many: its reserve
 * shrinks with the day, and so lets backfills have more of it.
 */
export function quotaWait(quota: Ceiling, level: number, now: Instant): number {
  if (level - reserveOf(quota, now) >= 1) return 0;
  const untilMidnight = midnightWait(now);
  if (level < 2) return untilMidnight;
  const shareLeft = (RESERVE_SHARE * level) / quota.capacity;
  return Math.min(untilMidnight, Math.max(1, Math.ceil(untilMidnight - shareLeft * DAY_MS) + 1));
}

function midnightWait(now: Instant): number {
  return shanghaiMidnightAfter(now) - now;
}

/** The next midnight of Shanghai after an instant. */
export function shanghaiMidnightAfter(now: Instant): Instant {
  return shanghaiInstant(addDays(shanghaiDay(now), 1), 0);
}
