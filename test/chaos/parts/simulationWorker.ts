import { parentPort, workerData } from 'node:worker_threads';
import { runSimulation } from '../../simulation/runSimulation.ts';
import type { Stretch } from './simulation.ts';

// One stretch of the seeds in a thread of its own: says how far it is, and what came of it.

const { firstSeed, sequences, mostFailures } = workerData as Stretch;
const say = (told: unknown): void => parentPort?.postMessage(told);
say(await runSimulation(sequences, firstSeed, { mostFailures, say }));
