import type { AppDeps } from './deps.ts';
import { loopService, type Service } from './loop.ts';

const PUBLISH_EVERY_MS = 250;
const EVENTS_A_TURN = 500;

/**
 * Numbers committed events for the readers of the log. It runs in every process that works, decides or serves:
 * one of them publishes at a time, and the others find the lock taken.
 */
export function createEventPublisher(
  { store, clock, log }: Pick<AppDeps, 'store' | 'clock' | 'log'>,
  everyMs: number = PUBLISH_EVERY_MS,
): Service {
  return loopService({
    name: 'publish',
    everyMs,
    clock,
    log,
    turn: async () => (await store.publishEvents(EVENTS_A_TURN)) === EVENTS_A_TURN,
  });
}
