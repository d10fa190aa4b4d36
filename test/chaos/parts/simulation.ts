import { printFailure, runSimulation } from '../../simulation/runSimulation.ts';
import type { Part } from './part.ts';

const SEQUENCES = 200_000;
const MOST_FAILURES = 10;

/** Random lives of jobs and runs in virtual time, over a store in memory. */
export const simulation: Part = {
  name: 'simulation',
  about: 'random commands and faults in virtual time, with invariants after each and an end to everything',
  usual: { size: SEQUENCES, unit: 'sequences' },
  async run({ seed, size = SEQUENCES, say, interrupted }) {
    const work = runSimulation(size, seed, { mostFailures: MOST_FAILURES, say });
    const { failures, ...raw } = await Promise.race([work, interrupted]);
    return {
      lines: [
        ['sequences', raw.sequences.toLocaleString('en-US')],
        ['turns of the simulated program', raw.turns.toLocaleString('en-US')],
        ['sequences in which something did not hold', `${failures.length}`],
        ['first seed', `${seed}`],
      ],
      raw,
      violations: failures.map(printFailure),
    };
  },
};
