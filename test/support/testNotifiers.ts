import { systemClock } from '../../packages/server/src/clock.ts';
import { createNotifiers } from '../../packages/server/src/notify/notifiers.ts';
import { createSafeDoor } from '../../packages/server/src/notify/safeDoor.ts';
import type { Clock } from '../../packages/server/src/ports/clock.ts';
import type { Notifiers } from '../../packages/server/src/ports/notifier.ts';

/** The real notifiers, which reach the listed hosts and ports of this machine. */
export function testNotifiers(privateHosts: readonly string[] = [], clock: Clock = systemClock): Notifiers {
  const resolve = async (name: string): Promise<readonly string[]> => {
    throw new Error(`nobody knows ${name} here`);
  };
  const limits = { totalMs: 2_000, idleMs: 1_000 };
  const door = createSafeDoor({ clock, privateHosts, resolve, limits });
  return createNotifiers({ door, clock, privateHosts, pageUrl: 'https://data.example.com', resolve, limits });
}
