import { Client } from 'pg';
import type { Clock } from '../ports/clock.ts';
import type { EventSignal } from '../ports/eventStore.ts';
import type { Log } from '../ports/log.ts';
import { EVENT_CHANNEL } from './events.ts';

/** How often a connection that only listens is asked whether it is still there, and for how long it may think. */
export interface Probing {
  readonly everyMs: number;
  readonly withinMs: number;
}

const PROBING: Probing = { everyMs: 5_000, withinMs: 5_000 };
const CONNECT_WITHIN_MS = 10_000;
const RECONNECT_AFTER_MS = [100, 500, 2_000, 5_000] as const;
const KEEPALIVE_AFTER_MS = 5_000;

/**
 * What the publisher calls out, over a connection of its own. One that is lost, or whose other end has gone
 * silent, is made anew; whoever listens is then told that there may be something new, since what was
 * called out meanwhile is lost.
 */
export function listenForEvents(url: string, clock: Clock, log: Log, probing = PROBING): EventSignal {
  let stopping: AbortController | undefined;
  let listening: Promise<void> = Promise.resolve();
  return {
    async start(onNews) {
      if (stopping !== undefined) return;
      const { signal } = (stopping = new AbortController());
      listening = listening.then(() => listenOn({ url, clock, log, probing }, onNews, signal));
    },
    async stop() {
      stopping?.abort();
      stopping = undefined;
      await listening;
    },
  };
}

interface Listening {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly probing: Probing;
}

async function listenOn(listening: Listening, onNews: () => void, signal: AbortSignal): Promise<void> {
  const { clock, log } = listening;
  let losses = 0;
  while (!signal.aborted) {
    try {
      await listenOnce(listening, signal, () => {
        losses = 0;
        onNews();
      });
    } catch (error) {
      if (losses === 0) log.warn({ err: error }, 'the connection that listens for events was lost');
    }
    const pauseMs = RECONNECT_AFTER_MS[Math.min(losses++, RECONNECT_AFTER_MS.length - 1)] as number;
    await clock.sleep(pauseMs, signal).catch(() => {});
  }
}

/** Resolves when it is stopped; rejects when the connection is lost. */
async function listenOnce(
  { url, clock, probing }: Listening,
  signal: AbortSignal,
  onNews: () => void,
): Promise<void> {
  const client = new Client({
    connectionString: url,
    application_name: 'tapekeeper events',
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: probing.withinMs,
  });
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {});
  client.on('error', lost.reject);
  client.on('end', () => lost.reject(new Error('the connection has ended')));
  client.on('notification', onNews);
  try {
    await client.connect();
    await client.query(`LISTEN ${EVENT_CHANNEL}`);
    onNews();
    while (!signal.aborted) {
      await Promise.race([clock.sleep(probing.everyMs, signal).catch(() => {}), lost.promise]);
      if (!signal.aborted) await client.query('SELECT 1');
    }
  } finally {
    // a peer that is gone never answers the goodbye
    const waiting = new AbortController();
    const late = clock.sleep(probing.withinMs, waiting.signal).catch(() => {});
    await Promise.race([client.end().catch(() => {}), late]);
    waiting.abort();
  }
}
