import type { Channel, ChannelTest, Notice } from '@tapekeeper/contract';
import { isoInstant } from '@tapekeeper/core';
import type { ChannelTest as TestOfApp, ChannelView } from '../../../app/notify/channels.ts';
import type { NoticeView } from '../../../ports/noticeStore.ts';

export function presentChannel(channel: ChannelView): Channel {
  const { id, name, kind, settings, language, leastSeverity, enabled, hasSecret, version } = channel;
  return {
    id,
    name,
    kind,
    settings: { ...settings },
    language,
    leastSeverity,
    enabled,
    hasSecret,
    version,
    createdAt: isoInstant(channel.createdAt),
    updatedAt: isoInstant(channel.updatedAt),
  };
}

/** What the audit log keeps of a channel. */
export function shownChannel({
  name,
  kind,
  settings,
  language,
  leastSeverity,
  enabled,
}: ChannelView): object {
  return { name, kind, settings, language, leastSeverity, enabled };
}

export function presentTest({ ok, deliveryId, said, error, ms }: TestOfApp): ChannelTest {
  return { ok, deliveryId, said, error: error?.code ?? null, ms };
}

export function presentNotice(notice: NoticeView): Notice {
  const { id, deliveryId, channelId, channelName, message, state, attempts, error } = notice;
  const { kind, severity, incidentId, cause, title, text, at, path } = message;
  return {
    id,
    deliveryId,
    channelId,
    channelName,
    kind,
    severity,
    incidentId,
    cause,
    title,
    text,
    at: isoInstant(at),
    path,
    state,
    attempts,
    createdAt: isoInstant(notice.createdAt),
    sentAt: notice.sentAt === null ? null : isoInstant(notice.sentAt),
    error,
  };
}
