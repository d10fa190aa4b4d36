import type { Instant } from '../day.ts';
import { attachGroups } from './attachGroups.ts';
import { worse } from './groupSignals.ts';
import type { Incident, IncidentEventKind, IncidentMember, IncidentTiming } from './incident.ts';
import type { NoticeKind, Severity } from './notice.ts';
import type { Signal, SignalGroup } from './signal.ts';
import { isSilenced, type Silence } from './silence.ts';

export interface AdvanceInput {
  readonly now: Instant;
  /** Incidents that are forming or open. */
  readonly live: readonly Incident[];
  readonly groups: readonly SignalGroup[];
  /** How often each cause was resolved within the time that counts as flapping. */
  readonly resolvedLately: ReadonlyMap<string, number>;
  readonly silences: readonly Silence[];
  /** Since the look before this one. */
  readonly sinceLookMs: number;
  readonly timing: IncidentTiming;
}

export interface IncidentEvent {
  readonly incident: Incident;
  readonly kind: IncidentEventKind;
  readonly detail: Readonly<Record<string, string | number>>;
}

export interface NoticeWish {
  readonly incident: Incident;
  readonly kind: Exclude<NoticeKind, 'test'>;
}

/** What one look changes. */
export interface Advance {
  /** As they are now; those that are new have negative ids. */
  readonly incidents: readonly Incident[];
  /** Forming ones that passed by themselves. */
  readonly dropped: readonly Incident[];
  readonly events: readonly IncidentEvent[];
  readonly notices: readonly NoticeWish[];
  /** Open incidents whose reminders fell due while nobody looked: one word on all of them takes their place. */
  readonly summary: readonly Incident[];
}

/** One step of one incident, with what is to be told of it. */
interface Step {
  readonly incident: Incident;
  readonly events: readonly Omit<IncidentEvent, 'incident'>[];
  readonly notices: readonly NoticeWish['kind'][];
  readonly isOverdue: boolean;
}

/**
 * The life of incidents over one look: they form, open with one notice, are called to mind, and end with
 * another notice once they have been away for a while. It depends on nothing but its input.
 * @example advanceIncidents({ now, live: [], groups: groupSignals(evaluateRules(rules, facts)), ...rest }).incidents
 */
export function advanceIncidents(input: AdvanceInput): Advance {
  const { attachments, left } = attachGroups(input.live, input.groups);
  const steps: Step[] = [];
  let fresh = 0;
  for (const { incident, groups, merged } of attachments) {
    if (incident === null && !groups.some(({ members }) => members.some(isOpening))) continue;
    const before = incident ?? newIncident(input, groups[0] as SignalGroup, --fresh);
    steps.push(seeGroups(input, before, groups));
    for (const one of merged) if (one.state === 'open') steps.push(merge(input, one, before));
  }
  for (const one of left) steps.push(seeNothing(input, one));
  const absorbed = attachments.flatMap(({ merged }) => merged).filter(({ state }) => state === 'forming');
  const passed = steps.filter(({ incident }) => hasPassed(input, incident));
  const dropped = [...absorbed, ...passed.map(({ incident }) => incident)];
  return {
    incidents: steps.map(({ incident }) => incident).filter((one) => !dropped.includes(one)),
    dropped,
    events: steps.flatMap(({ incident, events }) => events.map((event) => ({ incident, ...event }))),
    notices: steps.flatMap(({ incident, notices }) => notices.map((kind) => ({ incident, kind }))),
    summary: steps.filter(({ isOverdue }) => isOverdue).map(({ incident }) => incident),
  };
}

function isOpening({ weight }: Signal): boolean {
  return weight === 'opens';
}

function hasPassed({ now, timing }: AdvanceInput, { state, awaySince }: Incident): boolean {
  return state === 'forming' && awaySince !== null && now - awaySince >= timing.formAwayMs;
}

function newIncident(
  input: AdvanceInput,
  { cause, head, severity, members }: SignalGroup,
  id: number,
): Incident {
  const { timing, resolvedLately, now } = input;
  const holdMs = timing.holdMs * 2 ** Math.min(30, resolvedLately.get(cause) ?? 0);
  return {
    id,
    cause,
    kind: head.kind,
    subject: head.subject,
    severity,
    state: 'forming',
    firstSeenAt: now,
    openedAt: null,
    awaySince: null,
    resolvedAt: null,
    holdMs: Math.min(holdMs, Math.max(timing.holdMs, timing.longestHoldMs)),
    acknowledged: null,
    noticedAt: null,
    reminders: 0,
    nextReminderAt: null,
    mergedInto: null,
    members: members.map((signal) => memberOf(signal, true)),
  };
}

function seeGroups(input: AdvanceInput, before: Incident, groups: readonly SignalGroup[]): Step {
  const signals = groups.flatMap(({ members }) => members);
  const counts = (signal: Signal): boolean =>
    before.state === 'open' ? signal.weight !== 'explains' : isOpening(signal);
  if (!signals.some(counts)) return seeNothing(input, before);
  const [first] = groups as readonly [SignalGroup, ...SignalGroup[]];
  const isDeeper = first.cause !== before.cause && first.members.some(({ cause }) => cause === before.cause);
  const severity = groups.reduce<Severity>(
    (most, one) => (worse(one.severity, most) > 0 ? one.severity : most),
    before.severity,
  );
  const isWorse = before.state === 'open' && severity !== before.severity;
  const now: Incident = {
    ...before,
    ...(isDeeper && { cause: first.cause, kind: first.head.kind, subject: first.head.subject }),
    severity,
    awaySince: null,
    // what has become worse is another thing than what was acknowledged
    acknowledged: isWorse ? null : before.acknowledged,
    members: membersOf(before, signals),
  };
  const events: Step['events'] = [
    ...(isDeeper && before.state === 'open'
      ? [{ kind: 'cause_changed', detail: { from: before.cause, to: first.cause } } as const]
      : []),
    ...(isWorse ? [{ kind: 'worse', detail: { from: before.severity, to: severity } } as const] : []),
  ];
  return tell(input, { ...open(input, now), events: [...open(input, now).events, ...events], isWorse });
}

/** A forming incident opens when it has been there for long enough. */
function open({ now, timing }: AdvanceInput, incident: Incident): Pick<Step, 'incident' | 'events'> {
  if (incident.state === 'open' || now - incident.firstSeenAt < timing.formMs[incident.severity])
    return { incident, events: [] };
  return {
    incident: { ...incident, state: 'open', openedAt: now },
    events: [{ kind: 'opened', detail: { cause: incident.cause, severity: incident.severity } }],
  };
}

/** The notices that are due for an incident which is there. */
function tell(
  input: AdvanceInput,
  step: Pick<Step, 'incident' | 'events'> & { readonly isWorse: boolean },
): Step {
  const { incident, events } = step;
  const { now, timing, silences, sinceLookMs } = input;
  const quiet: Step = { incident, events, notices: [], isOverdue: false };
  if (incident.state !== 'open' || isSilenced(silences, incident, now)) return quiet;
  const ladder = timing.remindMs[incident.severity];
  const after = (reminders: number): Instant | null => {
    const pauseMs = ladder[Math.min(reminders, ladder.length - 1)];
    return pauseMs === undefined ? null : now + pauseMs;
  };
  if (incident.noticedAt === null) {
    const told = { ...incident, noticedAt: now, nextReminderAt: after(0) };
    return { ...quiet, incident: told, notices: ['opened'] };
  }
  const isDue = incident.nextReminderAt !== null && incident.nextReminderAt <= now;
  if (incident.acknowledged !== null || (!isDue && !step.isWorse)) return quiet;
  const reminded = {
    ...incident,
    reminders: incident.reminders + 1,
    nextReminderAt: after(incident.reminders + 1),
  };
  if (sinceLookMs >= timing.absenceMs && !step.isWorse)
    return { ...quiet, incident: reminded, isOverdue: true };
  return {
    ...quiet,
    incident: reminded,
    events: [...events, { kind: 'reminded', detail: { count: reminded.reminders } }],
    notices: ['reminder'],
  };
}

/** Nothing is wrong now. It ends once that has been so for its hold. */
function seeNothing(input: AdvanceInput, before: Incident): Step {
  const { now, silences } = input;
  const awaySince = before.awaySince ?? now;
  const members = before.members.map((member) => ({ ...member, isPresent: false }));
  const away: Incident = { ...before, awaySince, members };
  if (before.state === 'forming' || now - awaySince < before.holdMs)
    return { incident: away, events: [], notices: [], isOverdue: false };
  const isTold = before.noticedAt !== null && !isSilenced(silences, before, now);
  return {
    incident: { ...away, state: 'resolved', resolvedAt: now, nextReminderAt: null },
    events: [{ kind: 'resolved', detail: { awaySince } }],
    notices: isTold ? ['resolved'] : [],
    isOverdue: false,
  };
}

/** The end of an incident that is part of another one: the notices of that one speak for both. */
function merge({ now }: AdvanceInput, before: Incident, into: Incident): Step {
  const members = before.members.map((member) => ({ ...member, isPresent: false }));
  return {
    incident: {
      ...before,
      state: 'resolved',
      resolvedAt: now,
      nextReminderAt: null,
      mergedInto: into.id,
      members,
    },
    events: [{ kind: 'merged', detail: { into: into.id } }],
    notices: [],
    isOverdue: false,
  };
}

/** Members that an incident keeps at most; those that have gone are forgotten first. */
const MOST_MEMBERS = 200;

function membersOf(before: Incident, signals: readonly Signal[]): readonly IncidentMember[] {
  const keys = new Set(signals.map(({ key }) => key));
  const gone = before.members
    .filter(({ key }) => !keys.has(key))
    .map((member) => ({ ...member, isPresent: false }));
  return [...signals.map((signal) => memberOf(signal, true)), ...gone].slice(0, MOST_MEMBERS);
}

function memberOf(signal: Signal, isPresent: boolean): IncidentMember {
  const { key, kind, severity, cause, subject, since, values } = signal;
  return { key, kind, severity, cause, subject, since, values, isPresent };
}
