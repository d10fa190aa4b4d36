import type { Clock } from '../../ports/clock.ts';
import type { LiveEnd, LiveGateway, LiveLine, LiveVisitor } from '../../ports/liveGateway.ts';
import type { Log } from '../../ports/log.ts';
import type { News, PushFeed, Told } from './pushFeed.ts';

/** The way to a client, in the form that it reads. */
export interface PushOutlet {
  tell(told: Told): void;
  /** Bytes that were sent and have not left yet. */
  bufferedBytes(): number;
  /** `over` where there is nothing more to tell. */
  close(end: LiveEnd | 'over'): void;
}

export interface PushTools {
  readonly gateway: LiveGateway;
  readonly clock: Clock;
  readonly log: Log;
  /** Shortest time between two messages. */
  readonly paceMs: number;
  /** How often the client hears that the server is there. */
  readonly heartbeatMs: number;
}

/** A client that is told, until it leaves. */
export interface PushFollower {
  leave(): void;
}

/** A client that is told more than it may be told in time loses what has waited longest. */
const MOST_WAITING = 200;

/**
 * Tells a client what there is and what comes, at a pace, with heartbeats. It is a client of the live gateway like
 * any other: counted, ended when its proof is void, given up when it takes nothing. Raises `live_full`,
 * `forbidden`.
 */
export async function followPush(
  tools: PushTools,
  visitor: LiveVisitor,
  feed: PushFeed,
  outlet: PushOutlet,
): Promise<PushFollower> {
  const { gateway, clock, log, paceMs, heartbeatMs } = tools;
  const gone = new AbortController();
  const waiting = new Map<string, News>();
  let isSpeaking = false;

  const silence = (): void => {
    gone.abort();
    waiting.clear();
  };
  const leave = (): void => {
    silence();
    subscriber.leave();
  };

  const end = (why: LiveEnd | 'over'): void => {
    if (gone.signal.aborted) return;
    leave();
    outlet.close(why);
  };

  const take = (news: readonly News[]): void => {
    if (gone.signal.aborted) return;
    for (const one of news) waiting.set(one.key, one);
    for (const key of waiting.keys()) {
      if (waiting.size <= MOST_WAITING) break;
      waiting.delete(key);
    }
    if (!isSpeaking) void speak();
  };

  const speak = async (): Promise<void> => {
    isSpeaking = true;
    try {
      for (let next = first(waiting); next !== undefined; next = first(waiting)) {
        const told = await next.read();
        if (gone.signal.aborted) return;
        if (told !== undefined) outlet.tell(told);
        if (feed.isOver()) return end('over');
        if (told !== undefined) await clock.sleep(paceMs, gone.signal).catch(() => {});
      }
    } catch (error) {
      log.error({ err: error }, 'a push client could not be told');
      end('restart');
    } finally {
      isSpeaking = false;
    }
  };

  const line: LiveLine = {
    send: ({ type, upTo, events = [] }) =>
      take(type === 'resync' ? feed.standing() : feed.hear(events, upTo)),
    bufferedBytes: () => outlet.bufferedBytes(),
    // the gateway itself sees to the subscriber
    close(why) {
      silence();
      outlet.close(why);
    },
  };

  const beat = async (): Promise<void> => {
    while (!gone.signal.aborted) {
      await clock.sleep(heartbeatMs, gone.signal);
      outlet.tell(feed.heartbeat());
    }
  };

  const subscriber = gateway.join(visitor, line);
  outlet.tell(feed.greeting());
  try {
    await subscriber.subscribe(feed.topics);
  } catch (error) {
    leave();
    throw error;
  }
  take(feed.standing());
  beat().catch(() => {});
  return { leave };
}

/** The news that has waited longest, which waits no more. */
function first(waiting: Map<string, News>): News | undefined {
  for (const [key, news] of waiting) {
    waiting.delete(key);
    return news;
  }
  return undefined;
}
