import type { Instant } from '../day.ts';
import type { Incident } from './incident.ts';
import type { RuleKind } from './ruleKinds.ts';

/** What a silence is about; every part that is given has to fit. An empty one fits everything. */
export interface SilenceMatcher {
  /** A cause, or the beginning of one that ends in `*`: `host:*`. */
  readonly cause?: string | undefined;
  readonly kind?: RuleKind | undefined;
  readonly job?: string | undefined;
  readonly dataset?: string | undefined;
  readonly source?: string | undefined;
}

/** Times in which nobody is told of some incidents. They are kept all the same. */
export interface Silence {
  readonly id: number;
  readonly matcher: SilenceMatcher;
  readonly from: Instant;
  readonly until: Instant;
}

/**
 * Whether a silence holds for an incident at a time. A kind, job, data set or source fits if it is that of the
 * cause: what the cause keeps from working is not asked.
 */
export function isSilenced(silences: readonly Silence[], incident: Incident, now: Instant): boolean {
  return silences.some(({ matcher, from, until }) => from <= now && now < until && fits(matcher, incident));
}

function fits(matcher: SilenceMatcher, { cause, kind, subject }: Incident): boolean {
  const causeFits =
    matcher.cause === undefined ||
    (matcher.cause.endsWith('*') ? cause.startsWith(matcher.cause.slice(0, -1)) : cause === matcher.cause);
  return (
    causeFits &&
    (matcher.kind === undefined || matcher.kind === kind) &&
    (['job', 'dataset', 'source'] as const).every(
      (part) => matcher[part] === undefined || matcher[part] === subject[part],
    )
  );
}
