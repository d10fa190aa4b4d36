import { AppError, type ExampleParams } from '@tapekeeper/core';
import type { RunId } from '../../ports/runStore.ts';
import type { Task } from './task.ts';

const TICK_MS = 200;
const FEWEST_TICKS = 4;
const MOST_STEPS = 100;

/**
 * Waits as long as it is told to, in steps that move, and fails as often as it is told to: whether it
 * does, and where, follows from the number of the run. Begun again, it waits from the beginning.
 */
export const exampleTask: Task = async ({ deps, run, signal, plan, step, log }) => {
  const { durationSeconds, successRate, steps: wished, message } = run.wish as ExampleParams;
  const count = Math.min(MOST_STEPS, Math.max(1, Math.floor(wished)));
  const stepMs = (Math.max(0, durationSeconds) * 1000) / count;
  const ticks = Math.max(FEWEST_TICKS, Math.ceil(stepMs / TICK_MS));
  const failsIn = exampleFailure(run.id, successRate, count);
  const nameOf = (no: number): string => `step ${no}`;
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  await plan(numbers.map((no) => ({ name: nameOf(no), weight: 1, estimatedMs: stepMs, total: ticks })));
  if (message !== undefined) await log({ stream: 'info', line: message });
  for (const no of numbers) {
    const went = await step(nameOf(no), async (tell) => {
      const last = no === failsIn ? Math.floor(ticks / 2) : ticks;
      for (let tick = 1; tick <= last; tick++) {
        await deps.clock.sleep(stepMs / ticks, signal);
        tell.progress(tick);
      }
      if (no === failsIn) tell.fail('as often as it was told to');
      return no !== failsIn;
    });
    await log({
      stream: went ? 'info' : 'error',
      line: `${nameOf(no)} of ${count} ${went ? 'is done' : 'failed'}`,
    });
    if (!went) {
      return {
        state: 'failed',
        result: { steps: count, stepsDone: no - 1 },
        error: new AppError('example_failed', { step: no, steps: count }),
      };
    }
  }
  return { state: 'success', result: { steps: count, stepsDone: count }, error: null };
};

/**
 * The step in which the example of a run fails, from 1; undefined where it does not.
 * @example exampleFailure(7, 1, 3) // undefined: a rate of 1 never fails
 */
export function exampleFailure(run: RunId, successRate: number, steps: number): number | undefined {
  if (scattered(run) < successRate) return undefined;
  return 1 + Math.floor(scattered(run ^ 0x5bd1e995) * steps);
}

/** A number from 0 up to 1 that neighbours do not share (the finaliser of MurmurHash3). */
function scattered(of: number): number {
  let bits = of | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}
