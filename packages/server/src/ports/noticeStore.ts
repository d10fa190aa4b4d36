import type { ChannelKind, Instant, Language, NoticeMessage, Severity } from '@tapekeeper/core';

export type ChannelId = number;
export type NoticeId = number;

/** A place where notices go. Its secret, where it has one, is kept under `channel:<id>`. */
export interface Channel {
  readonly id: ChannelId;
  readonly name: string;
  readonly kind: ChannelKind;
  /** Checked by the schema of its kind; no secret is among them. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly language: Language;
  /** Notices below it are not sent here. */
  readonly leastSeverity: Severity;
  readonly enabled: boolean;
  readonly version: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export type NewChannel = Omit<Channel, 'id' | 'version' | 'createdAt' | 'updatedAt'>;

/** A notice that one process holds for a while to send it. */
export interface ClaimedNotice {
  readonly id: NoticeId;
  readonly channel: Channel;
  readonly message: NoticeMessage;
  /** From 1. */
  readonly attempt: number;
  /** Raised by whoever claims it next, so that a late end is refused. */
  readonly fence: number;
}

export interface NoticeView {
  readonly id: NoticeId;
  readonly channelId: ChannelId;
  readonly channelName: string;
  readonly message: NoticeMessage;
  readonly state: 'pending' | 'sent' | 'failed' | 'expired';
  readonly attempts: number;
  readonly createdAt: Instant;
  readonly sentAt: Instant | null;
  readonly error: string | null;
}

/** Channels, and what is to be sent to them. */
export interface NoticeStore {
  channels(): Promise<readonly Channel[]>;
  channel(id: ChannelId): Promise<Channel | undefined>;
  createChannel(channel: NewChannel): Promise<Channel>;
  /** Throws `unknown_channel`, `channel_changed`. */
  updateChannel(id: ChannelId, change: NewChannel & { readonly version: number }): Promise<Channel>;
  deleteChannel(id: ChannelId): Promise<Channel | undefined>;
  /** One for each enabled channel that wants its severity. */
  addNotices(message: NoticeMessage): Promise<number>;
  /** Due ones, oldest first; those that waited too long expire and are not sent. */
  claimNotices(limit: number, holdMs: number): Promise<readonly ClaimedNotice[]>;
  /** Sent, or failed: then it is tried again after a while, or given up. */
  settleNotice(notice: ClaimedNotice, error: string | null, retryMs: number | null): Promise<boolean>;
  notices(filter: {
    readonly channelId: ChannelId | null;
    readonly incidentId: number | null;
    readonly before: NoticeId | null;
    readonly limit: number;
  }): Promise<readonly NoticeView[]>;
}
