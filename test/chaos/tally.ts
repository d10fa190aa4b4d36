import { KILL_CLASSES, type KillClass } from './killPlan.ts';
import type { Stranding } from './strandWatch.ts';

/** Everything that a run of the harness counts, over all its collections. */
export class Tally {
  readonly kills: Record<KillClass, number> = Object.fromEntries(
    KILL_CLASSES.map((kind) => [kind, 0]),
  ) as Record<KillClass, number>;
  takeovers = 0;
  collections = 0;
  /** Rows and values compared with the files when a collection had ended. */
  rows = 0;
  values = 0;
  /** The same while collections went on, after each kill. */
  valuesBetween = 0;
  lost = 0;
  doubled = 0;
  wrong = 0;
  refetched = 0;
  inFlight = 0;
  /** Decisions about due moments while collections went on, and the runs of jobs. */
  fires = 0;
  moments = 0;
  scheduledRuns = 0;
  readonly stranding: Stranding = { seenMs: 0, saidMs: 0 };
  /** From a kill until the work got on, where the node was started again, and where another took its place. */
  readonly restartMs: number[] = [];
  readonly takeoverMs: number[] = [];
  /** What must not be, in words. */
  readonly violations: string[] = [];

  get killed(): number {
    return Object.values(this.kills).reduce((sum, count) => sum + count, 0);
  }

  violate(text: string): void {
    this.violations.push(text);
  }
}

/** The value below which the share of all values lies; undefined where there are none. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
