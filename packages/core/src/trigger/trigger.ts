import type { Instant } from '../day.ts';

/** What makes a job run. Instants are epoch milliseconds. */
export type Trigger =
  | { readonly kind: 'cron'; readonly expression: string; readonly zone: string }
  /** Due at anchor + k × interval, so that changing nothing moves nothing. */
  | { readonly kind: 'interval'; readonly everySeconds: number; readonly anchor: Instant }
  | { readonly kind: 'once'; readonly at: Instant }
  /** Relative to the exchange's day: `close(XSHG)+30m`, `every 5m in session`. */
  | { readonly kind: 'session'; readonly rule: string }
  /** Each time a run of that job has ended well. */
  | { readonly kind: 'after'; readonly jobId: number }
  | { readonly kind: 'manual' };

export type TriggerKind = Trigger['kind'];

export const TRIGGER_KINDS: readonly TriggerKind[] = [
  'cron',
  'interval',
  'once',
  'session',
  'after',
  'manual',
];

/** What happens to due moments that nobody was there for. */
export type MisfirePolicy = 'skip' | 'run_once' | 'run_all';
export const MISFIRE_POLICIES: readonly MisfirePolicy[] = ['skip', 'run_once', 'run_all'];

/** What a fire does while its job or concurrency group is busy. */
export type OverlapPolicy = 'skip' | 'queue' | 'replace' | 'reject';
export const OVERLAP_POLICIES: readonly OverlapPolicy[] = ['skip', 'queue', 'replace', 'reject'];

/** A trigger with its bounds and policies: everything that decides when a job runs. */
export interface Schedule {
  readonly trigger: Trigger;
  /** Only on days on which the exchanges trade, by the zone of the trigger. */
  readonly tradingDaysOnly: boolean;
  /** No moment before; null is no bound. */
  readonly activeFrom: Instant | null;
  /** No moment at or after; null is no bound. */
  readonly activeUntil: Instant | null;
  /** Moments are due up to this much later, by a hash of job and moment: the same each time. */
  readonly jitterSeconds: number;
  readonly misfire: MisfirePolicy;
  /** A moment not started within this is a misfire; null is until the next moment. */
  readonly graceSeconds: number | null;
  readonly overlap: OverlapPolicy;
}

export const DEFAULT_ZONE = 'Asia/Shanghai';

/** The schedule of a trigger where nothing else is said. */
export function scheduleOf(trigger: Trigger): Schedule {
  return {
    trigger,
    tradingDaysOnly: false,
    activeFrom: null,
    activeUntil: null,
    jitterSeconds: 0,
    misfire: 'run_once',
    graceSeconds: null,
    overlap: trigger.kind === 'manual' ? 'reject' : 'skip',
  };
}

/** One due moment of a schedule. */
export interface Moment {
  /** The moment that the trigger names; the key of its fire. */
  readonly scheduledFor: Instant;
  /** When it may be acted on: the same, or later by the jitter. */
  readonly dueAt: Instant;
}

/** The due moments of a schedule, in order. */
export interface Occurrences {
  /** The first moment whose `scheduledFor` lies after the instant; undefined when there is none any more. */
  next(after: Instant): Moment | undefined;
}

/** The times of one cron expression in its zone. */
export interface CronTimes {
  /** The first time after the instant; undefined when there is none. */
  next(after: Instant): Instant | undefined;
}

/** Reads a cron expression; raises `bad_cron`. The core knows no library, so that one is handed to it. */
export type CronReader = (expression: string, zone: string) => CronTimes;
