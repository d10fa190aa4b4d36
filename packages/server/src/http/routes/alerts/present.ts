import type {
  FreshnessTarget,
  Incident as IncidentAnswer,
  IncidentDetail as DetailAnswer,
  RuleList,
  Silence as SilenceAnswer,
} from '@tapekeeper/contract';
import {
  incidentTitle,
  isoInstant,
  ruleKindSpec,
  rulesWith,
  signalText,
  type Incident,
  type IncidentMember,
  type Instant,
  type RuleScope,
  type Signal,
} from '@tapekeeper/core';
import type { IncidentDetail } from '../../../app/alerts/incidents.ts';
import type { TargetView } from '../../../app/alerts/targets.ts';
import type { AlertRuleEdits, SilenceView } from '../../../ports/alertStore.ts';
import { presentNotice } from '../channels/present.ts';

const time = (at: Instant | null): string | null => (at === null ? null : isoInstant(at));

export function presentIncident(incident: Incident): IncidentAnswer {
  const { id, state, severity, cause, kind, subject, acknowledged, reminders, mergedInto, members } =
    incident;
  return {
    id,
    state,
    severity,
    cause,
    kind,
    subject,
    title: incidentTitle(incident),
    firstSeenAt: isoInstant(incident.firstSeenAt),
    openedAt: time(incident.openedAt),
    awaySince: time(incident.awaySince),
    resolvedAt: time(incident.resolvedAt),
    acknowledged: acknowledged === null ? null : { ...acknowledged, at: isoInstant(acknowledged.at) },
    noticedAt: time(incident.noticedAt),
    reminders,
    nextReminderAt: time(incident.nextReminderAt),
    mergedInto,
    members: members.map(presentMember),
  };
}

function presentMember(member: IncidentMember): IncidentAnswer['members'][number] {
  const { key, kind, severity, subject, since, isPresent } = member;
  return { key, kind, severity, subject, since: time(since), text: textsOf(member), isPresent };
}

export function textsOf(signal: Pick<Signal, 'key' | 'kind' | 'values'>): { en: string; zh: string } {
  return { en: signalText(signal, 'en'), zh: signalText(signal, 'zh') };
}

export function presentDetail({ incident, timeline, notices }: IncidentDetail): DetailAnswer {
  return {
    incident: presentIncident(incident),
    advice: { ...ruleKindSpec(incident.kind).advice },
    timeline: timeline.map(({ at, kind, detail, author }) => ({
      at: isoInstant(at),
      kind,
      detail: { ...detail },
      author,
    })),
    notices: notices.map(presentNotice),
  };
}

/** What the audit log keeps of an incident. */
export function shownIncident({ cause, severity, state, acknowledged }: Incident): object {
  return { cause, severity, state, acknowledgedBy: acknowledged?.by ?? null };
}

export function presentRules({ version, edits, updatedAt, updatedBy }: AlertRuleEdits): RuleList {
  const isEdited = (kind: string, scope: RuleScope): boolean =>
    edits.some((edit) => edit.kind === kind && JSON.stringify(edit.scope) === JSON.stringify(scope));
  return {
    version,
    updatedAt: time(updatedAt),
    updatedBy,
    rules: rulesWith(edits).map(({ kind, scope, enabled, severity, params }) => ({
      kind,
      scope,
      enabled,
      severity,
      params: { ...params },
      isEdited: scope.kind !== 'all' || isEdited(kind, scope),
      title: { ...ruleKindSpec(kind).title },
      about: ruleKindSpec(kind).about,
    })),
  };
}

export function presentSilence(silence: SilenceView): SilenceAnswer {
  const { id, matcher, from, until, reason, author, createdAt, endedAt, endedBy } = silence;
  return {
    id,
    matcher,
    from: isoInstant(from),
    until: isoInstant(until),
    reason,
    author,
    createdAt: isoInstant(createdAt),
    endedAt: time(endedAt),
    endedBy,
  };
}

export function presentTarget(target: TargetView): FreshnessTarget {
  const { dataset, due, share, objective, isDefault, version, since, budget, days } = target;
  return {
    dataset,
    due,
    share,
    objective,
    isDefault,
    version,
    since: isoInstant(since),
    budget,
    days: days.map(({ day, dueAt, metAt }) => ({ day, dueAt: isoInstant(dueAt), metAt: time(metAt) })),
  };
}
