import type { Identity } from '@tapekeeper/core';
import type { PushFeed, Told } from './pushFeed.ts';

/** A path at which clients of a documented system open a WebSocket, with what is said there. */
export interface PushPlace {
  /** Whether their own clients come without a token: a setting lets this machine do so. */
  readonly isShownOpen: boolean;
  /** What is told to somebody; undefined where the address names nothing. */
  open(identity: Identity): Promise<PushFeed | undefined>;
  /** A message as it is written here. */
  text(told: Told): string;
  /** What is said before the end where the address names nothing. */
  readonly absence: Told;
}

export interface PushPlaces {
  /** What is at a path; undefined where nothing is. */
  at(path: string): PushPlace | undefined;
}
