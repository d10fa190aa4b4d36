import type { Instant } from '../day.ts';
import type { Severity } from './notice.ts';
import type { AlertSubject } from './rule.ts';
import type { RuleKind } from './ruleKinds.ts';

/**
 * What a signal does: it is worth an incident by itself (`opens`), it keeps one open that is there (`keeps`), or it is
 * only a reason for others (`explains`).
 */
export type SignalWeight = 'opens' | 'keeps' | 'explains';

/** Something that a rule objects to now. */
export interface Signal {
  /** The same as long as the same thing is wrong: `stuck:run:12`. */
  readonly key: string;
  readonly kind: RuleKind;
  readonly severity: Severity;
  /** What it is as a cause of others: `host:push2.eastmoney.com`, `job:sync_daily_data`. */
  readonly cause: string;
  readonly subject: AlertSubject;
  /** Since when, as far as it is known. */
  readonly since: Instant | null;
  /** What its text is made of. */
  readonly values: Readonly<Record<string, string | number>>;
  /** Causes that explain it, the nearest first. */
  readonly needs: readonly string[];
  readonly weight: SignalWeight;
  /** What failed jobs have in common that nothing else explains; null where it is no failure. */
  readonly evidence: string | null;
}

/** Signals with one cause. */
export interface SignalGroup {
  readonly cause: string;
  /** The signal that is the cause; the worst of them where they share one. */
  readonly head: Signal;
  readonly severity: Severity;
  /** All of them, the head first. */
  readonly members: readonly Signal[];
}
