import { parseArgs } from 'node:util';
import { printFailure, runSimulation } from './runSimulation.ts';

/**
 * The long form: `node test/simulation/main.ts [--sequences N] [--seed N] [--json]`. Exits with 1 when
 * something did not hold.
 */
const { values: flags } = parseArgs({
  options: {
    sequences: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1000000' },
    json: { type: 'boolean', default: false },
  },
});
const sequences = readNumber('--sequences', flags.sequences);
const seed = readNumber('--seed', flags.seed);
const result = await runSimulation(sequences, seed, {
  mostFailures: 10,
  say: (line) => void process.stderr.write(`${line}\n`),
});
const { failures, ...figures } = result;
console.log(flags.json ? JSON.stringify(result, null, 2) : JSON.stringify(figures));
for (const failure of failures) console.error(printFailure(failure));
process.exitCode = failures.length === 0 ? 0 : 1;

function readNumber(flag: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new RangeError(`${flag} takes a whole number, not ${text}`);
  return number;
}
