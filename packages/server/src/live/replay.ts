import { topicsOf } from '@tapekeeper/core';
import type { AppDeps } from '../app/deps.ts';
import type { EventFeed } from './eventFeed.ts';
import type { Entry } from './frame.ts';
import type { Hub } from './hub.ts';
import type { LiveLimits } from './limits.ts';

const EVENTS_A_PAGE = 1_000;
/** Clients that read the log at the same time; the others wait. */
const READERS = 4;

/** What came after a number, of all topics. */
export interface ReplayPage {
  readonly entries: readonly Entry[];
  /** The page holds everything up to this number. */
  readonly upTo: number;
}

/** Past events for clients who come back, from memory where they are there, else from the log. */
export interface Replay {
  /** Whether all that came after a number can be told: it is not too much, not gone, and the number was given out. */
  reaches(after: number): Promise<boolean>;
  /** The next events after a number, never none while there are some; undefined where it has become too much. */
  after(seq: number): Promise<ReplayPage | undefined>;
}

export function createReplay(
  { store }: Pick<AppDeps, 'store'>,
  hub: Hub,
  feed: Pick<EventFeed, 'refresh'>,
  { replayEvents }: Pick<LiveLimits, 'replayEvents'>,
): Replay {
  let free = READERS;
  const waiting: (() => void)[] = [];
  const reading = async <T>(read: () => Promise<T>): Promise<T> => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await read();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
  const isTooMuch = (after: number): boolean => hub.upTo - after > replayEvents;

  return {
    async reaches(after) {
      // another process may have told of an event that this one has not read yet
      if (after > hub.upTo) await reading(() => feed.refresh());
      if (after > hub.upTo || isTooMuch(after)) return false;
      if (hub.recentAfter(after, 1) !== undefined) return true;
      const { oldest } = await reading(() => store.eventBounds());
      return after >= oldest - 1;
    },
    async after(seq) {
      // what comes in while the log is read is not on the page
      const latest = hub.upTo;
      const recent = hub.recentAfter(seq, EVENTS_A_PAGE);
      if (recent !== undefined) return pageOf(recent, latest);
      if (isTooMuch(seq)) return undefined;
      const events = await reading(() => store.eventsAfter(seq, EVENTS_A_PAGE));
      return pageOf(
        events.map((event) => ({ event, topics: topicsOf(event) })),
        latest,
      );
    },
  };
}

/** A page that is not full holds all there is. */
function pageOf(entries: readonly Entry[], latest: number): ReplayPage {
  const last = entries.at(-1)?.event.seq ?? latest;
  return { entries, upTo: entries.length < EVENTS_A_PAGE ? Math.max(last, latest) : last };
}
