import type { Clock } from '../ports/clock.ts';

/** Messages that a client may send within a second. */
const MESSAGES_A_SECOND = 20;

/** Counts the messages of a client; true for one that is too many in its second. */
export function messageRate(clock: Pick<Clock, 'monotonic'>): () => boolean {
  let second = 0;
  let inSecond = 0;
  return () => {
    const now = Math.floor(clock.monotonic() / 1000);
    if (now !== second) [second, inSecond] = [now, 0];
    return ++inSecond > MESSAGES_A_SECOND;
  };
}
