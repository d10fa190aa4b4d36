import type { Instant } from '../day.ts';
import type { Severity } from './notice.ts';
import type { AlertSubject } from './rule.ts';
import type { RuleKind } from './ruleKinds.ts';
import type { Signal } from './signal.ts';

/** `forming` is too young to be told of: what passes by itself within minutes never was one. */
export const INCIDENT_STATES = ['forming', 'open', 'resolved'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** A signal of an incident, and whether it is there now. */
export interface IncidentMember extends Pick<
  Signal,
  'key' | 'kind' | 'severity' | 'cause' | 'subject' | 'since' | 'values'
> {
  readonly isPresent: boolean;
}

/** Something wrong with one cause, from its first signal until it has been away for a while. */
export interface Incident {
  /** Negative for one that has not been stored. */
  readonly id: number;
  readonly cause: string;
  /** Of the signal that is the cause. */
  readonly kind: RuleKind;
  readonly subject: AlertSubject;
  readonly severity: Severity;
  readonly state: IncidentState;
  readonly firstSeenAt: Instant;
  readonly openedAt: Instant | null;
  /** Since when none of its signals is there. */
  readonly awaySince: Instant | null;
  readonly resolvedAt: Instant | null;
  /** It ends after being away for so long; longer where its cause comes back again and again. */
  readonly holdMs: number;
  readonly acknowledged: { readonly at: Instant; readonly by: string; readonly note: string | null } | null;
  /** When the first notice was due; null as long as it is silenced. */
  readonly noticedAt: Instant | null;
  readonly reminders: number;
  readonly nextReminderAt: Instant | null;
  /** The incident that it turned out to be a part of. */
  readonly mergedInto: number | null;
  /** The cause first. */
  readonly members: readonly IncidentMember[];
}

/** Times of the life of incidents. */
export interface IncidentTiming {
  /** It is told of once it has been there for so long: what is to be looked at now sooner. */
  readonly formMs: Readonly<Record<Severity, number>>;
  /** A forming one that has been away for longer was none. */
  readonly formAwayMs: number;
  readonly holdMs: number;
  readonly longestHoldMs: number;
  /** A cause that came back within this holds the next one for longer. */
  readonly flapMs: number;
  /** Pauses between notices while nobody has acknowledged it; the last one goes on for ever. */
  readonly remindMs: Readonly<Record<Severity, readonly number[]>>;
  /** Nobody looked for so long: what became due meanwhile is told in one summary. */
  readonly absenceMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const INCIDENT_TIMING: IncidentTiming = {
  formMs: { critical: MINUTE_MS, warning: 5 * MINUTE_MS, info: 5 * MINUTE_MS },
  formAwayMs: 2 * MINUTE_MS,
  holdMs: 10 * MINUTE_MS,
  longestHoldMs: 4 * HOUR_MS,
  flapMs: 24 * HOUR_MS,
  remindMs: {
    critical: [HOUR_MS, 3 * HOUR_MS, 20 * HOUR_MS, 24 * HOUR_MS],
    // to be looked at today: a second word is due tomorrow
    warning: [24 * HOUR_MS],
    info: [],
  },
  absenceMs: 30 * MINUTE_MS,
};

/** What happened to an incident, as its timeline tells it. */
export const INCIDENT_EVENTS = [
  'opened',
  'cause_changed',
  'worse',
  'reminded',
  'noticed',
  'acknowledged',
  'merged',
  'resolved',
] as const;
export type IncidentEventKind = (typeof INCIDENT_EVENTS)[number];
