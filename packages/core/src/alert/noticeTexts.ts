import { isoInstant, SHANGHAI_OFFSET_MS, type Instant } from '../day.ts';
import type { Language } from '../error/codes.ts';
import type { Incident } from './incident.ts';
import type { NoticeKind, NoticeMessage } from './notice.ts';
import { ruleKindSpec } from './ruleKinds.ts';
import { signalText } from './signalTexts.ts';

/** Lines on what an incident keeps from working; more are counted. */
const MOST_LINES = 6;

const WORDS = {
  opened: { en: '', zh: '' },
  reminder: { en: 'Still: ', zh: '仍未恢复：' },
  resolved: { en: 'Over: ', zh: '已恢复：' },
} as const;

/** What an incident is called in one line, without its state. */
export function incidentTitle(
  incident: Pick<Incident, 'cause' | 'kind' | 'members'>,
): Readonly<Record<Language, string>> {
  const title = (language: Language): string => {
    if (incident.cause === 'network')
      return language === 'en' ? 'No source can be reached' : '全部数据源无法访问';
    const name = incident.cause.slice(incident.cause.indexOf(':') + 1);
    if (incident.cause.startsWith('failures:'))
      return language === 'en' ? `Many jobs fail alike: ${name}` : `多个任务同因失败：${name}`;
    const words = ruleKindSpec(incident.kind).title[language];
    const separator = language === 'en' ? ': ' : '：';
    return incident.cause.includes(':') ? `${words}${separator}${name}` : words;
  };
  return { en: title('en'), zh: title('zh') };
}

/**
 * What a channel is given to say of an incident.
 * @example incidentNotice(incident, 'opened', now).title.en // 'A job fails: sync_daily_data'
 */
export function incidentNotice(
  incident: Incident,
  kind: Exclude<NoticeKind, 'test'>,
  at: Instant,
): NoticeMessage {
  const title = incidentTitle(incident);
  return {
    kind,
    severity: incident.severity,
    incidentId: incident.id,
    cause: incident.cause,
    title: { en: WORDS[kind].en + title.en, zh: WORDS[kind].zh + title.zh },
    text: { en: textOf(incident, kind, 'en'), zh: textOf(incident, kind, 'zh') },
    at,
    path: `/alerts/${incident.id}`,
  };
}

/** One word on incidents whose reminders fell due while nobody looked. */
export function summaryNotice(
  incidents: readonly Incident[],
  sinceLookMs: number,
  at: Instant,
): NoticeMessage {
  const hours = Math.round(sinceLookMs / 360_000) / 10;
  const lines = (language: Language): string =>
    incidents
      .slice(0, MOST_LINES)
      .map((incident) => `- ${incidentTitle(incident)[language]}`)
      .join('\n');
  return {
    kind: 'reminder',
    severity: incidents.some(({ severity }) => severity === 'critical') ? 'critical' : 'warning',
    incidentId: null,
    cause: 'summary',
    title: {
      en: `After ${hours} h without a look: ${incidents.length} incidents are open`,
      zh: `停机 ${hours} 小时后：仍有 ${incidents.length} 个未恢复的告警`,
    },
    text: { en: lines('en'), zh: lines('zh') },
    at,
    path: '/alerts',
  };
}

function textOf(incident: Incident, kind: NoticeKind, language: Language): string {
  const since = shanghaiTime(incident.openedAt ?? incident.firstSeenAt);
  if (kind === 'resolved') {
    const until = shanghaiTime(incident.awaySince ?? incident.resolvedAt ?? incident.firstSeenAt);
    return language === 'en' ? `It lasted from ${since} to ${until}.` : `持续时间：${since} 至 ${until}。`;
  }
  const present = incident.members.filter(({ isPresent }) => isPresent);
  const lines = present.slice(0, MOST_LINES).map((member) => `- ${signalText(member, language)}`);
  const more = present.length - lines.length;
  if (more > 0) lines.push(language === 'en' ? `- and ${more} more` : `- 另有 ${more} 项`);
  const head = language === 'en' ? `Since ${since}:` : `自 ${since} 起：`;
  return [head, ...lines, ruleKindSpec(incident.kind).advice[language]].join('\n');
}

/** `2024-01-31 17:05`, on the clocks of Shanghai. */
function shanghaiTime(at: Instant): string {
  return isoInstant(at + SHANGHAI_OFFSET_MS)
    .slice(0, 16)
    .replace('T', ' ');
}
