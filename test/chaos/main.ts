import { parseArgs } from 'node:util';
import { openWorld } from '@tapekeeper/replay';
import { testDataFolder } from '../support/testData.ts';
import { realCollections } from './collection.ts';
import { writeFigures } from './figures.ts';
import { LONG_FORM } from './killPlan.ts';
import { figuresOf, table } from './report.ts';
import { runChaos } from './runChaos.ts';
import { openStand } from './stand.ts';

/**
 * The long form: `npm run chaos -- [--seed N] [--json]`. Kills workers a hundred times while all of the
 * real data is collected (TAPEKEEPER_TEST_DATA), and writes the figures into docs/reliability.md.
 * Exits with 1 when a promise was broken.
 */
const { values: flags } = parseArgs({
  options: { seed: { type: 'string' }, json: { type: 'boolean', default: false } },
});
const seed = flags.seed === undefined ? Date.now() % 1_000_000 : Number(flags.seed);
if (!Number.isSafeInteger(seed)) throw new RangeError(`--seed takes a whole number, not ${flags.seed}`);

const startedAt = performance.now();
const say = (line: string): void => {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0).padStart(5);
  process.stderr.write(`${seconds} s  ${line}\n`);
};

say(`seed ${seed}`);
const world = await openWorld(testDataFolder());
const stand = await openStand(world);
const interruption = Promise.withResolvers<never>();
interruption.promise.catch(() => {});
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => interruption.reject(new Error(signal)));
try {
  const collections = await realCollections(world);
  const tally = await runChaos({
    stand,
    collections,
    wishes: LONG_FORM,
    seed,
    say,
    interrupted: interruption.promise,
  });
  const figures = figuresOf(tally, {
    seed,
    serverVersion: stand.serverVersion,
    minutes: (performance.now() - startedAt) / 60_000,
  });
  await writeFigures(figures);
  console.log(
    flags.json ? JSON.stringify({ ...figures, violations: tally.violations }, null, 2) : table(figures),
  );
  for (const violation of tally.violations) console.error(`VIOLATION: ${violation}`);
  process.exitCode = tally.violations.length === 0 ? 0 : 1;
} finally {
  await stand.stop();
}
