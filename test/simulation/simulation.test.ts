import { describe, expect, it } from 'vitest';
import { drawCommands } from './commands.ts';
import { commandRandom, runSequence } from './runSequence.ts';
import { printFailure, readRegressions, runSimulation } from './runSimulation.ts';

const SEQUENCES = 2000;
const MINUTES = 60_000;

const regressions = await readRegressions();

describe('the simulation of an installation', () => {
  it.each(regressions.map((one) => [one.about, one.seed, one] as const))(
    'holds where once it did not: %s (seed %d)',
    async (_, __, { seed, commands }) => {
      expect((await runSequence({ seed, commands })).violation).toBeUndefined();
    },
  );

  it(
    `finds nothing that does not hold in ${SEQUENCES} sequences`,
    async () => {
      const { failures, ends } = await runSimulation(SEQUENCES, 1);
      expect(failures.map(printFailure)).toEqual([]);
      // it would find nothing either if nothing happened
      const fewest = {
        success: 2000,
        success_with_errors: 20,
        failed: 300,
        cancelled: 300,
        skipped: 50,
        missed: 50,
      };
      for (const state of Object.keys(fewest))
        expect([state, ends[state]]).toEqual([state, expect.any(Number)]);
      for (const [state, count] of Object.entries(fewest)) expect(ends[state]).toBeGreaterThan(count);
    },
    8 * MINUTES,
  );

  it('takes the same turns for the same seed, and others for another', async () => {
    const traceOf = async (seed: number): Promise<readonly number[]> => {
      const { trace, turns } = await runSequence({ seed, commands: drawCommands(commandRandom(seed)) });
      return [trace, turns];
    };
    const first = new Map<number, readonly number[]>();
    for (let seed = 1; seed <= 60; seed++) first.set(seed, await traceOf(seed));
    // whatever sequences came in between
    for (let seed = 60; seed >= 1; seed -= 7) expect(await traceOf(seed)).toEqual(first.get(seed));
    expect(new Set([...first.values()].map(String)).size).toBe(60);
  });
});
