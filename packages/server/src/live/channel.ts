import type { LiveMessage } from '../ports/liveGateway.ts';
import { framesOf, type Entry } from './frame.ts';

/** Who is told of a channel's events, with how far that has got. */
export interface Member {
  /** It has everything of its topics up to this number. */
  readonly upTo: number;
  /** Takes a frame as it comes; one that cannot is left out from then on. */
  deliver(frame: LiveMessage): void;
}

/**
 * All clients with the same topics: what they are told is put together once. Thousands who watch one run are
 * one channel.
 */
export class Channel {
  readonly key: string;
  readonly topics: ReadonlySet<string>;
  readonly members = new Set<Member>();
  /** When a frame went out last, by the clock that only grows. */
  framedAt = -Infinity;
  #waiting: Entry[] = [];
  /** While frames are on their way to the members, one after the other. */
  isSending = false;

  constructor(topics: ReadonlySet<string>) {
    this.topics = topics;
    this.key = channelKey(topics);
  }

  /** Whether every member has been told of everything that there was. */
  get isStill(): boolean {
    return this.#waiting.length === 0 && !this.isSending;
  }

  /** Waits for the next frame. */
  add(entry: Entry): void {
    this.#waiting.push(entry);
  }

  /** What has waited, as frames for whoever has everything before it; others get frames of their own. */
  takeFrames(upTo: number): (member: Member) => readonly LiveMessage[] {
    const entries = this.#waiting;
    this.#waiting = [];
    const first = entries[0]?.event.seq ?? upTo;
    const shared = framesOf(entries, upTo);
    return (member) => {
      if (member.upTo >= upTo) return [];
      if (member.upTo < first) return shared;
      return framesOf(
        entries.filter(({ event }) => event.seq > member.upTo),
        upTo,
      );
    };
  }
}

/** Equal for equal topics in any order. */
export function channelKey(topics: ReadonlySet<string>): string {
  return [...topics].toSorted().join(',');
}
