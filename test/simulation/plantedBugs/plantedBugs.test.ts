import { describe, expect, it } from 'vitest';
import { runSimulation } from '../runSimulation.ts';
import { PLANTED_BUGS } from './all.ts';

/** Sequences within which each mistake has to be found. */
const MOST_SEQUENCES = 1000;
const MINUTES = 60_000;

describe('the simulation', () => {
  it('has thirty mistakes and more to find, each once', () => {
    const names = PLANTED_BUGS.map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(30);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(PLANTED_BUGS.map((bug) => [bug.name, bug] as const))(
    'finds that %s',
    async (_, { name, plant }) => {
      const { failures } = await runSimulation(MOST_SEQUENCES, 1, { plant, shrinks: false });
      const [found] = failures;
      console.log(`${name}: seed ${found?.seed}, ${found?.invariant}`);
      expect(found).toMatchObject({ seed: expect.any(Number), invariant: expect.any(String) });
    },
    5 * MINUTES,
  );
});
