import { topicsOf } from '@tapekeeper/core';
import type { AppDeps } from '../app/deps.ts';
import type { EventSignal } from '../ports/eventStore.ts';
import type { Entry } from './frame.ts';

/** How often the log is looked at when nobody calls. */
const LOOK_EVERY_MS = 1_000;
const EVENTS_A_READ = 1_000;

/** The log of events as it grows, read once for all clients of the process. */
export interface EventFeed {
  /** Begins after the newest event; resolves when it knows which that is. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when everything has been read that was in the log at this moment. */
  refresh(): Promise<void>;
}

export interface FeedReader {
  /** Where the feed begins: only what comes later is handed over. */
  begin(upTo: number): void;
  take(entries: readonly Entry[]): void;
}

/** It looks when the signal calls, and each second anyway: a call may be lost, or nobody may be there to call. */
export function createEventFeed(
  { store, clock, log }: Pick<AppDeps, 'store' | 'clock' | 'log'>,
  signal: EventSignal,
  reader: FeedReader,
): EventFeed {
  let stopping: AbortController | undefined;
  let looping: Promise<void> = Promise.resolve();
  let position = 0;
  let reading: Promise<void> = Promise.resolve();
  let news = Promise.withResolvers<void>();

  const readOn = async (): Promise<void> => {
    for (;;) {
      const events = await store.eventsAfter(position, EVENTS_A_READ);
      if (events.length > 0) {
        position = events.at(-1)?.seq ?? position;
        reader.take(events.map((event) => ({ event, topics: topicsOf(event) })));
      }
      if (events.length < EVENTS_A_READ) return;
    }
  };
  /** One after the other: what is read twice would be told twice. */
  const refresh = (): Promise<void> => (reading = reading.catch(() => {}).then(readOn));

  const loop = async (stopped: AbortSignal): Promise<void> => {
    while (!stopped.aborted) {
      news = Promise.withResolvers();
      try {
        await refresh();
      } catch (error) {
        log.error({ err: error }, 'the log of events could not be read');
        await clock.sleep(LOOK_EVERY_MS, stopped).catch(() => {});
        continue;
      }
      const waiting = new AbortController();
      const late = clock.sleep(LOOK_EVERY_MS, AbortSignal.any([stopped, waiting.signal])).catch(() => {});
      await Promise.race([news.promise, late]);
      waiting.abort();
    }
  };

  return {
    async start() {
      if (stopping !== undefined) return;
      stopping = new AbortController();
      position = (await store.eventBounds()).latest;
      reader.begin(position);
      await signal.start(() => news.resolve());
      looping = loop(stopping.signal);
    },
    async stop() {
      stopping?.abort();
      stopping = undefined;
      await signal.stop();
      await looping;
    },
    refresh,
  };
}
