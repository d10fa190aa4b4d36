/** For simulations: a host with a limit that nobody knows. One call too many shuts the caller out for a while. */
import type { Instant } from '../day.ts';

export interface HiddenLimit {
  readonly windowSeconds: number;
  readonly calls: number;
  readonly banMs: number;
}

export interface BanningHost {
  /** Whether the call is answered; a refused one is a ban, or meets one. */
  call(now: Instant): boolean;
  /** Bans begun so far. */
  readonly bans: number;
  readonly served: number;
}

/** It counts what it has answered since its last ban. */
export function banningHost(limit: HiddenLimit): BanningHost {
  const windowMs = limit.windowSeconds * 1000;
  let times: Instant[] = [];
  let oldest = 0;
  let shutUntil = -Infinity;
  let bans = 0;
  let served = 0;
  return {
    get bans() {
      return bans;
    },
    get served() {
      return served;
    },
    call(now) {
      if (now < shutUntil) return false;
      while ((times[oldest] ?? Infinity) <= now - windowMs) oldest++;
      if (times.length - oldest >= limit.calls) {
        bans += 1;
        shutUntil = now + limit.banMs;
        times = [];
        oldest = 0;
        return false;
      }
      times.push(now);
      served += 1;
      return true;
    },
  };
}
