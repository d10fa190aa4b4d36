import { parseArgs } from 'node:util';
import { LONG_FORM_FIRES, runScheduleTrial } from './longForm.ts';

/**
 * The long form of the trial of the schedulers: `node test/schedule/main.ts [--seed N]`, with as many fires
 * as TAPEKEEPER_FIRES says. Exits with 1 when a moment was decided about wrongly, twice, or not at all.
 */
const { values: flags } = parseArgs({ options: { seed: { type: 'string' } } });
const seed = flags.seed === undefined ? Date.now() % 1_000_000 : Number(flags.seed);
const fires = Number(process.env['TAPEKEEPER_FIRES'] ?? LONG_FORM_FIRES);
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(fires)) {
  throw new RangeError('--seed and TAPEKEEPER_FIRES take whole numbers');
}
console.error(`seed ${seed}, ${fires} fires`);
const { violations, ...figures } = await runScheduleTrial({ seed, fires, say: console.error });
console.log(JSON.stringify({ ...figures, violations: violations.length }, null, 2));
for (const violation of violations) console.error(`VIOLATION: ${violation}`);
process.exitCode = violations.length === 0 ? 0 : 1;
