import { incidentNotice, type Incident } from '@tapekeeper/core';
import type { RunView } from '../../../../ports/viewStore.ts';
import { zonedShanghai } from '../../times.ts';
import { endText } from './taskNews.ts';

/** A message of the bell: something wrong, or a run that somebody began and that is over. */
export interface Notification extends Record<string, unknown> {
  readonly id: string;
  readonly title: string;
  readonly content: string;
  readonly type: 'analysis' | 'alert' | 'system';
  readonly link: string;
  readonly source: string;
  /** With its zone. */
  readonly created_at: string;
  readonly status: 'unread' | 'read';
}

const ID = /^(incident|run)_([1-9]\d{0,14})$/;

/** What an id of a notification names; undefined for any other text. */
export function readNotificationId(
  text: string,
): { readonly kind: 'incident' | 'run'; readonly id: number } | undefined {
  const [, kind, number] = ID.exec(text) ?? [];
  return kind === undefined ? undefined : { kind: kind as 'incident' | 'run', id: Number(number) };
}

/** An incident counts as read once somebody has taken it on, or it is over. */
export function ofIncident(incident: Incident): Notification {
  const at = incident.openedAt ?? incident.firstSeenAt;
  const isResolved = incident.state === 'resolved';
  const { title, text, path } = incidentNotice(incident, isResolved ? 'resolved' : 'opened', at);
  return {
    id: `incident_${incident.id}`,
    title: title.zh,
    content: text.zh,
    type: 'alert',
    link: path,
    source: incident.kind,
    created_at: zonedShanghai(at),
    status: isResolved || incident.acknowledged !== null ? 'read' : 'unread',
  };
}

export function ofRun(run: RunView): Notification {
  const what = run.jobKey ?? run.dataset ?? run.type;
  return {
    id: `run_${run.id}`,
    title: `${what}：${run.state === 'success' ? '执行成功' : '执行结束'}`,
    content: endText(run),
    type: 'system',
    link: `/runs/${run.id}`,
    source: 'scheduler',
    created_at: zonedShanghai(run.finishedAt ?? run.createdAt),
    status: 'unread',
  };
}
