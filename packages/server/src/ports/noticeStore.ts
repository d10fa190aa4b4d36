import type { ChannelKind, Instant, Language, NoticeMessage, Severity } from '@tapekeeper/core';

export type ChannelId = number;
export type NoticeId = number;

/** A place where notices go. Its secret, where it has one, is kept under `channel:<id>`. */
export interface Channel {
  readonly id: ChannelId;
  readonly name: string;
  readonly kind: ChannelKind;
  /** Checked by the notifier of its kind; no secret is among them. */
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

/** How fast a channel may be fed: services shut out bots that say too much. */
export interface Pace {
  readonly perMinute: number;
  /** How many may go at once after a while of silence. */
  readonly burst: number;
}

/** A notice that one process holds for a while to send it. */
export interface ClaimedNotice {
  readonly id: NoticeId;
  readonly channel: Channel;
  readonly message: NoticeMessage;
  /** The same for every try. */
  readonly deliveryId: string;
  /** From 1. */
  readonly attempt: number;
  /** Raised by whoever claims it next, so that a late end is refused. */
  readonly fence: number;
}

export interface NoticeClaim {
  readonly limit: number;
  readonly holdMs: number;
  readonly paces: Readonly<Record<ChannelKind, Pace>>;
}

export const NOTICE_STATES = ['pending', 'sent', 'failed', 'expired'] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

export interface NoticeView {
  readonly id: NoticeId;
  readonly deliveryId: string;
  readonly channelId: ChannelId;
  readonly channelName: string;
  readonly message: NoticeMessage;
  readonly state: NoticeState;
  readonly attempts: number;
  readonly createdAt: Instant;
  readonly sentAt: Instant | null;
  readonly error: string | null;
}

/** Channels, and what is to be sent to them. */
export interface NoticeStore {
  /** By name. */
  channels(): Promise<readonly Channel[]>;
  channel(id: ChannelId): Promise<Channel | undefined>;
  /** Throws `channel_exists`. */
  createChannel(channel: NewChannel): Promise<Channel>;
  /** Throws `unknown_channel`, `channel_changed`, `channel_exists`. */
  updateChannel(id: ChannelId, change: NewChannel & { readonly version: number }): Promise<Channel>;
  /** What waits to be sent to it is given up; what was sent can still be read. */
  deleteChannel(id: ChannelId): Promise<Channel | undefined>;
  /** One for each enabled channel that wants its severity. */
  addNotices(message: NoticeMessage): Promise<number>;
  /**
   * The oldest due one of each channel that nobody is sending to and whose pace allows it. Those that waited too
   * long expire and are not sent.
   */
  claimNotices(claim: NoticeClaim): Promise<readonly ClaimedNotice[]>;
  /**
   * Sent, or failed: then it is tried again after a while, or given up. False where somebody else has claimed it
   * meanwhile, who says how it ends.
   */
  settleNotice(
    notice: Pick<ClaimedNotice, 'id' | 'fence'>,
    error: string | null,
    retryMs: number | null,
  ): Promise<boolean>;
  /** Newest first. */
  notices(filter: {
    readonly channelId: ChannelId | null;
    readonly incidentId: number | null;
    readonly before: NoticeId | null;
    readonly limit: number;
  }): Promise<readonly NoticeView[]>;
}
