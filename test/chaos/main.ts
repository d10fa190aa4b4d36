import { parseArgs } from 'node:util';
import { writeFigures } from './figures.ts';
import { database } from './parts/database.ts';
import { fires } from './parts/fires.ts';
import { kills } from './parts/kills.ts';
import { live } from './parts/live.ts';
import type { Part } from './parts/part.ts';
import { simulation } from './parts/simulation.ts';
import { table } from './report.ts';

/**
 * The long forms: `npm run chaos -- [PART ...] [--seed N] [--size N] [--json]`. Writes the figures into
 * docs/reliability.md. Exits with 1 when a promise was broken.
 */
const PARTS: readonly Part[] = [kills, database, fires, live, simulation];

const { chosen, seed, size, json } = readCommand();
const startedAt = performance.now();
const say = (line: string): void => {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0).padStart(5);
  process.stderr.write(`${seconds} s  ${line}\n`);
};
const interruption = Promise.withResolvers<never>();
interruption.promise.catch(() => {});
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => interruption.reject(new Error(signal)));

const results: Record<string, object> = {};
for (const part of chosen) {
  say(`${part.name}: ${part.about}; seed ${seed}`);
  const { lines, raw, violations } = await part.run({ seed, size, say, interrupted: interruption.promise });
  await writeFigures(part.name, lines);
  results[part.name] = { ...raw, violations };
  if (!json) console.log(`\n${table(lines)}\n`);
  for (const violation of violations) console.error(`VIOLATION: ${violation}`);
  if (violations.length > 0) process.exitCode = 1;
}
if (json) console.log(JSON.stringify(results, null, 2));

function readCommand(): { chosen: readonly Part[]; seed: number; size: number | undefined; json: boolean } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string' },
      size: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const whole = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : Number(text);
  const wishedSeed = whole(values.seed) ?? Date.now() % 1_000_000;
  const wishedSize = whole(values.size);
  const unknown = positionals.find((name) => PARTS.every((part) => part.name !== name));
  const isWrong = [wishedSeed, wishedSize ?? 1].some((number) => !Number.isSafeInteger(number) || number < 0);
  if (unknown !== undefined || isWrong) {
    const parts = PARTS.map(
      ({ name, about, usual }) => `  ${name.padEnd(12)}${about}; ${usual.size} ${usual.unit}`,
    );
    console.error(['usage: npm run chaos -- [PART ...] [--seed N] [--size N] [--json]', ...parts].join('\n'));
    process.exit(64);
  }
  const chosen = PARTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  return { chosen, seed: wishedSeed, size: wishedSize, json: values.json };
}
