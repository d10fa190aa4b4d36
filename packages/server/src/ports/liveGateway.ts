import type { Identity, LiveEvent } from '@tapekeeper/core';

/** Why the server ends a live connection. */
export type LiveEnd = 'void_proof' | 'too_slow' | 'restart';

/** A message to clients, written down once for all who get it. */
export interface LiveMessage {
  /** `events`, `subscribed`, `resync` and so on. */
  readonly type: string;
  /** Whoever has it has everything of its topics up to this number. */
  readonly upTo: number;
  readonly json: string;
  /** Of a message of events; left out for others. */
  readonly events?: readonly LiveEvent[];
}

/** The way to one client: a WebSocket, or a stream of server-sent events. */
export interface LiveLine {
  send(message: LiveMessage): void;
  /** Bytes that were sent and have not left yet. */
  bufferedBytes(): number;
  close(end: LiveEnd): void;
}

/** Who is at the other end of a line. */
export interface LiveVisitor {
  readonly identity: Identity;
  /** Who shows the same proof now; nobody, where it is void. */
  readonly identifyAgain: () => Promise<Identity>;
}

/** A client that is told of events. */
export interface LiveSubscriber {
  /**
   * From now on it is told of exactly these topics: of all events after a number where one is given, else of
   * those that come. Throws `bad_topic`, or `forbidden` for a topic that the visitor may not read.
   */
  subscribe(topics: readonly string[], after?: number): Promise<void>;
  unsubscribe(topics: readonly string[]): Promise<void>;
  /** Whoever it is shows a new proof. */
  proveAgain(visitor: LiveVisitor): void;
  /** The line is gone. */
  leave(): void;
}

/** Tells clients of the events of the log, one for all clients of a process. */
export interface LiveGateway {
  /** Number of the newest event that is known. */
  upTo(): number;
  /** Throws `live_full` where too many are connected already, by whoever it is or at all. */
  join(visitor: LiveVisitor, line: LiveLine): LiveSubscriber;
  /** How many connections everybody who is connected has, by name. */
  crowd(): ReadonlyMap<string, number>;
}
