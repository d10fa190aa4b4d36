import type { Instant } from '../day.ts';
import type { Language } from '../error/codes.ts';

/** How bad it is: to be known, to be looked at today, to be looked at now. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Where notices go. */
export const CHANNEL_KINDS = ['email', 'webhook', 'dingtalk', 'feishu', 'wecom', 'slack'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

export const NOTICE_KINDS = ['opened', 'reminder', 'resolved', 'test'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What a channel is given to say. */
export interface NoticeMessage {
  readonly kind: NoticeKind;
  readonly severity: Severity;
  /** Null for a test. */
  readonly incidentId: number | null;
  /** What the incident is grouped by, such as `source:tushare`. */
  readonly cause: string;
  readonly title: Readonly<Record<Language, string>>;
  /** A few lines: what is wrong, since when, what it keeps from working, what to do. */
  readonly text: Readonly<Record<Language, string>>;
  readonly at: Instant;
  /** Path of the page that shows more. */
  readonly path: string;
}
