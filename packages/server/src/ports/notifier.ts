import type { ChannelKind, NoticeMessage } from '@tapekeeper/core';
import type { Channel } from './noticeStore.ts';

/** Sends notices to one kind of channel. */
export interface Notifier {
  readonly kind: ChannelKind;
  /**
   * Resolves when the other side has taken it. Throws `channel_refused`, which no other try changes, or
   * `channel_unreachable`, which may pass.
   */
  send(delivery: {
    readonly channel: Channel;
    readonly secret: string | undefined;
    readonly message: NoticeMessage;
    /** The same for every try, so that a receiver can tell a repetition. */
    readonly deliveryId: string;
    readonly signal: AbortSignal;
  }): Promise<void>;
}
