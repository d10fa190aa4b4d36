import type { Instant } from '../day.ts';

/** What is remembered of a host that fails. With no opening it is closed. */
export interface Breaker {
  /** Failures in a row. */
  readonly failures: number;
  /** Openings since it was closed last. */
  readonly openings: number;
  readonly openUntil: Instant | null;
  /** Until then one caller holds the permit to try whether the host is back. */
  readonly probeUntil: Instant | null;
  /** The first pause of the ban that it was opened for; null where the trouble is of another kind. */
  readonly banPauseMs: number | null;
  readonly reason: string;
}

export const CLOSED_BREAKER: Breaker = {
  failures: 0,
  openings: 0,
  openUntil: null,
  probeUntil: null,
  banPauseMs: null,
  reason: '',
};

export type BreakerState = 'closed' | 'open' | 'half_open';

/** Whether a caller may pass; the one with the probe leaves a changed breaker behind. */
export type Passage =
  | { readonly kind: 'closed' }
  | { readonly kind: 'probe'; readonly breaker: Breaker }
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'open'; readonly until: Instant };

/** A failure of the road to the host: no answer, none in time, none that can be read. */
export interface Trouble {
  readonly reason: string;
  /** Failures in a row that open the breaker. */
  readonly threshold: number;
  readonly firstPauseMs: number;
}

/** A probe that neither succeeds nor fails in this time is given to another caller. */
export const PROBE_LEASE_MS = 30_000;

/** Callers without the probe look again after this: most probes are over sooner. */
const PROBE_LOOK_MS = 1000;

const HOUR_MS = 3_600_000;
const LONGEST_TROUBLE_PAUSE_MS = HOUR_MS;

/** Pauses of a ban that goes on; a host whose first one is longer begins further up, or doubles it once. */
const BAN_LADDER_MS: readonly number[] = [HOUR_MS / 2, 2 * HOUR_MS, 12 * HOUR_MS];

export function breakerState(breaker: Breaker, now: Instant): BreakerState {
  if (breaker.openings === 0 || breaker.openUntil === null) return 'closed';
  return breaker.openUntil > now ? 'open' : 'half_open';
}

/** Whether a call may go out now. After the pause one caller gets the probe, and the others wait for its end. */
export function passBreaker(breaker: Breaker, now: Instant): Passage {
  switch (breakerState(breaker, now)) {
    case 'closed':
      return { kind: 'closed' };
    case 'open':
      return { kind: 'open', until: breaker.openUntil ?? now };
    case 'half_open': {
      const leftMs = (breaker.probeUntil ?? now) - now;
      if (leftMs > 0) return { kind: 'wait', waitMs: Math.min(leftMs, PROBE_LOOK_MS) };
      return { kind: 'probe', breaker: { ...breaker, probeUntil: now + PROBE_LEASE_MS } };
    }
  }
}

/** An answer closes the breaker, but for one to a call that was on its way when it opened. */
export function afterAnswer(breaker: Breaker, now: Instant): Breaker {
  return breakerState(breaker, now) === 'open' ? breaker : CLOSED_BREAKER;
}

/** Opens at the threshold, or at once where the host was on probation. Failures of an open one say nothing new. */
export function afterTrouble(breaker: Breaker, now: Instant, trouble: Trouble): Breaker {
  const state = breakerState(breaker, now);
  if (state === 'open') return breaker;
  const failures = breaker.failures + 1;
  if (state === 'closed' && failures < trouble.threshold)
    return { ...breaker, failures, reason: trouble.reason };
  // a ban that goes on often shows as a connection that is closed
  const pauseMs =
    breaker.banPauseMs === null
      ? troublePauseMs(trouble.firstPauseMs, breaker.openings)
      : banPauseMs(breaker.banPauseMs, breaker.openings);
  return opened(breaker, now + pauseMs, trouble.reason, breaker.banPauseMs);
}

/** Opens at once. Calls on their way when it opened hear of the same ban, and prolong nothing. */
export function afterBan(breaker: Breaker, now: Instant, reason: string, firstPauseMs: number): Breaker {
  if (breakerState(breaker, now) === 'open' && breaker.banPauseMs !== null) return breaker;
  const before = breaker.banPauseMs === null ? { ...breaker, openings: 0 } : breaker;
  const firstMs = breaker.banPauseMs ?? firstPauseMs;
  return opened(before, now + banPauseMs(firstMs, before.openings), reason, firstMs);
}

/**
 * The pause of a ban after so many openings in a row.
 * @example banPauseMs(1_800_000, 1) // 7_200_000
 */
export function banPauseMs(firstMs: number, openings: number): number {
  const higher = BAN_LADDER_MS.filter((rung) => rung > firstMs);
  const pauses = [firstMs, ...(higher.length > 0 ? higher : [2 * firstMs])];
  return pauses[Math.min(openings, pauses.length - 1)] ?? firstMs;
}

/**
 * The pause after so many openings in a row for other trouble: it doubles, up to an hour.
 * @example troublePauseMs(60_000, 2) // 240_000
 */
export function troublePauseMs(firstMs: number, openings: number): number {
  return Math.min(Math.max(firstMs, LONGEST_TROUBLE_PAUSE_MS), firstMs * 2 ** Math.min(openings, 30));
}

function opened(
  breaker: Breaker,
  openUntil: Instant,
  reason: string,
  firstBanPauseMs: number | null,
): Breaker {
  return {
    failures: breaker.failures + 1,
    openings: breaker.openings + 1,
    openUntil,
    probeUntil: null,
    banPauseMs: firstBanPauseMs,
    reason,
  };
}
