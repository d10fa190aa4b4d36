import type { Instant } from '../day.ts';
import type { CronTimes } from './trigger.ts';
import type { WallTime, Zone } from './zone.ts';

/** The wall times that a rule names, whatever the zone. */
export interface WallTimes {
  /** The first wall time after another; undefined when there is none. */
  next(after: WallTime): WallTime | undefined;
}

/**
 * When the wall times of a rule are due in a zone. Each is due once: wall times that clocks skip are due
 * together, at the first instant after the gap, and none is due again when clocks are put back.
 * @example zonedTimes(everyDayAt(9), zone).next(0)
 */
export function zonedTimes(times: WallTimes, zone: Zone): CronTimes {
  return {
    next(after: Instant) {
      const repeated = zone.repeatsUntil(after);
      const wall = times.next(repeated === undefined ? zone.wallAt(after) : repeated - 1);
      return wall === undefined ? undefined : zone.instantOf(wall);
    },
  };
}
