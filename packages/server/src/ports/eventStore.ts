import type { Instant } from '@tapekeeper/core';

/** A committed fact with its number: whoever has seen n never meets a smaller number later. */
export interface LoggedEvent {
  readonly seq: number;
  /** Kind of the fact: `run`, `job`, `progress` and so on. */
  readonly kind: string;
  readonly at: Instant;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The first and the last number of the log; both are 0 while it is empty. */
export interface EventBounds {
  readonly oldest: number;
  readonly latest: number;
}

/** The log of events. */
export interface EventStore {
  /** Numbers up to `limit` committed events for the readers of the log; returns how many. */
  publishEvents(limit: number): Promise<number>;
  eventBounds(): Promise<EventBounds>;
  /** The next events after a number, oldest first. */
  eventsAfter(seq: number, limit: number): Promise<readonly LoggedEvent[]>;
}

/** Tells of new events soon after they were numbered; it may miss some, so whoever must not looks now and then too. */
export interface EventSignal {
  /** Calls back, until it is stopped, whenever there may be something new. */
  start(onNews: () => void): Promise<void>;
  stop(): Promise<void>;
}
