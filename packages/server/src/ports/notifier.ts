import type { ChannelKind, NoticeMessage } from '@tapekeeper/core';
import type { Channel, Pace } from './noticeStore.ts';

/** One notice on its way. */
export interface Delivery {
  readonly channel: Pick<Channel, 'name' | 'settings' | 'language'>;
  readonly secret: string | undefined;
  readonly message: NoticeMessage;
  /** The same for every try, so that a receiver can tell a repetition. */
  readonly deliveryId: string;
  readonly signal: AbortSignal;
}

/** Sends notices to one kind of channel. */
export interface Notifier {
  readonly kind: ChannelKind;
  readonly pace: Pace;
  /** Asks nobody. Throws `channel_invalid` or `address_refused` where no notice could ever be sent like this. */
  check(settings: Channel['settings'], secret: string | undefined): void;
  /**
   * Resolves with what the other side said when it has taken it. Throws `channel_refused`, `channel_invalid` or
   * `address_refused`, which no other try changes, or `channel_unreachable`, which may pass.
   */
  send(delivery: Delivery): Promise<string>;
}

export type Notifiers = Readonly<Record<ChannelKind, Notifier>>;
