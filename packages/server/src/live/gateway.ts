import { AppError, may } from '@tapekeeper/core';
import type { AppDeps } from '../app/deps.ts';
import { loopService, type Service } from '../app/loop.ts';
import type { EventSignal } from '../ports/eventStore.ts';
import type { LiveGateway } from '../ports/liveGateway.ts';
import { createEventFeed } from './eventFeed.ts';
import { Hub } from './hub.ts';
import type { LiveLimits } from './limits.ts';
import { createReplay } from './replay.ts';
import { Subscriber, type SubscriberTools } from './subscriber.ts';
import { Visitors } from './visitors.ts';

const LOOK_EVERY_MS = 1_000;

export interface RunningGateway extends LiveGateway, Service {
  /** How many are connected now, and how many were sent away for being too slow. */
  figures(): { readonly connections: number; readonly tooSlow: number };
}

/**
 * The live reading of the event log, one for all clients of a process. Proofs that are revoked end their
 * connections as soon as the log says so, those that run out by the clock, and all are looked at now and then.
 */
export function createGateway(
  deps: Pick<AppDeps, 'store' | 'clock' | 'log'>,
  signal: EventSignal,
  limits: LiveLimits,
): RunningGateway {
  const { clock, log } = deps;
  const hub = new Hub(clock, limits);
  const visitors = new Visitors(limits);
  let tooSlow = 0;
  let recheckedAt = 0;
  let isOpen = false;

  const feed = createEventFeed(deps, signal, {
    begin: (upTo) => hub.begin(upTo),
    take(entries) {
      hub.take(entries);
      for (const { event } of entries) if (event.kind === 'access') visitors.revoke(event);
    },
  });
  const tools: SubscriberTools = {
    hub,
    limits,
    clock,
    log,
    replay: createReplay(deps, hub, feed, limits),
    onEnd(subscriber, why) {
      visitors.remove(subscriber);
      if (why === 'too_slow') tooSlow += 1;
    },
  };
  const watch = loopService({
    name: 'live',
    everyMs: LOOK_EVERY_MS,
    clock,
    log,
    async turn() {
      visitors.endExpired(clock.now());
      for (const subscriber of visitors.all) subscriber.beat();
      if (clock.monotonic() - recheckedAt >= limits.recheckMs) {
        recheckedAt = clock.monotonic();
        await visitors.recheck();
      }
      return false;
    },
  });

  return {
    async start() {
      await feed.start();
      recheckedAt = clock.monotonic();
      await watch.start();
      isOpen = true;
    },
    async stop() {
      isOpen = false;
      for (const subscriber of visitors.all) subscriber.end('restart');
      await watch.stop();
      await feed.stop();
      hub.stop();
    },
    join(visitor, line) {
      if (!isOpen) throw new AppError('interrupted');
      const { identity } = visitor;
      if (!may(identity, 'read')) throw new AppError('forbidden', { who: identity.name, need: 'read' });
      visitors.requireRoom(visitor);
      const subscriber = new Subscriber(visitor, line, tools);
      visitors.add(subscriber);
      return subscriber;
    },
    upTo: () => hub.upTo,
    crowd: () => visitors.crowd(),
    figures: () => ({ connections: visitors.all.size, tooSlow }),
  };
}
