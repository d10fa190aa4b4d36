import { systemClock } from '../../packages/server/src/clock.ts';

const LOOK_EVERY_MS = 20;

/** Resolves when the look finds what it wants; the time limit of the test is the only one. */
export async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await systemClock.sleep(LOOK_EVERY_MS);
}
