import type { LiveEvent } from '@tapekeeper/core';

/** One message of a documented push channel, before it is put in the form of its path. */
export interface Told {
  readonly type: 'connected' | 'progress' | 'completed' | 'error' | 'heartbeat' | 'notification';
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Something that there is to tell. What it says is read when its turn has come, so that nothing old is told; later
 * news of the same key take the place of earlier ones that still wait.
 */
export interface News {
  readonly key: string;
  /** Undefined where there turns out to be nothing new. */
  read(): Promise<Told | undefined>;
}

/** What one client of a documented push channel is told, made of the events of the live gateway. */
export interface PushFeed {
  readonly topics: readonly string[];
  /** The first message. */
  greeting(): Told;
  /** What stands when the client comes, and when it has missed events. */
  standing(): readonly News[];
  /** What events mean for it; the number is that up to which all events have been told. */
  hear(events: readonly LiveEvent[], upTo: number): readonly News[];
  heartbeat(): Told;
  /** Whether there is nothing more to come, ever. */
  isOver(): boolean;
}
