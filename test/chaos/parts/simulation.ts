import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { printFailure, type SimulationResult } from '../../simulation/runSimulation.ts';
import type { Part } from './part.ts';

const SEQUENCES = 200_000;
const MOST_FAILURES = 10;

/** Random lives of jobs and runs in virtual time, over a store in memory; each core takes a stretch of the seeds. */
export const simulation: Part = {
  name: 'simulation',
  about: 'random commands and faults in virtual time, with invariants after each and an end to everything',
  usual: { size: SEQUENCES, unit: 'sequences' },
  async run({ seed, size = SEQUENCES, say, interrupted }) {
    const stretches = stretchesOf(seed, size, availableParallelism());
    const work = Promise.all(stretches.map((stretch) => runStretch(stretch, say)));
    const results = await Promise.race([work, interrupted]);
    const failures = results.flatMap((result) => result.failures);
    const sum = (of: (result: SimulationResult) => number): number =>
      results.reduce((total, result) => total + of(result), 0);
    const sequences = sum((result) => result.sequences);
    const turns = sum((result) => result.turns);
    return {
      lines: [
        ['sequences', sequences.toLocaleString('en-US')],
        ['turns of the simulated program', turns.toLocaleString('en-US')],
        ['sequences in which something did not hold', `${failures.length}`],
        ['first seed', `${seed}`],
      ],
      raw: { sequences, turns },
      violations: failures.map(printFailure),
    };
  },
};

/** So many sequences of the seeds from the first one on. */
export interface Stretch {
  readonly firstSeed: number;
  readonly sequences: number;
  readonly mostFailures: number;
}

function stretchesOf(seed: number, size: number, parts: number): readonly Stretch[] {
  const each = Math.ceil(size / parts);
  return Array.from({ length: parts }, (_, part) => ({
    firstSeed: seed + part * each,
    sequences: Math.max(0, Math.min(each, size - part * each)),
    mostFailures: MOST_FAILURES,
  }));
}

async function runStretch(stretch: Stretch, say: (line: string) => void): Promise<SimulationResult> {
  const worker = new Worker(new URL('simulationWorker.ts', import.meta.url), { workerData: stretch });
  let result: SimulationResult | undefined;
  worker.on('message', (told: string | SimulationResult) => {
    if (typeof told === 'string') say(`from seed ${stretch.firstSeed}: ${told}`);
    else result = told;
  });
  await once(worker, 'exit');
  if (result === undefined) throw new Error('a stretch of the simulation ended without a word');
  return result;
}
