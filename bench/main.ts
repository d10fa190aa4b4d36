/**
 * `npm run bench` runs all benchmarks at small size; `npm run bench -- NAME --size full` runs one at full
 * size, `--runs N` those over a long history with one of so many runs. They print what they find, and fail only
 * where the work that they measure fails.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { answers } from './answers.ts';
import { backfill } from './backfill.ts';
import type { Benchmark, Size } from './benchmark.ts';
import { control } from './control.ts';
import { forecast } from './forecast.ts';
import { history } from './history.ts';
import { increment } from './increment.ts';
import { jobs } from './jobs.ts';
import { live } from './live.ts';
import { describeMachine, machineText } from './measure/machine.ts';
import { createReport } from './measure/report.ts';
import { planning } from './planning.ts';
import { plans } from './plans.ts';
import { secondRun } from './secondRun.ts';
import { statistics } from './statistics.ts';
import { tenYears } from './tenYears.ts';
import { triggerToStart } from './triggerToStart.ts';

const BENCHMARKS: readonly Benchmark[] = [
  backfill,
  tenYears,
  secondRun,
  increment,
  planning,
  forecast,
  triggerToStart,
  control,
  plans,
  jobs,
  live,
  answers,
  history,
  statistics,
];
const RESULTS = fileURLToPath(new URL('results/', import.meta.url));

interface Command {
  readonly chosen: readonly Benchmark[];
  readonly size: Size;
  readonly runs: number | undefined;
}

function readCommand(): Command {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { size: { type: 'string', default: 'small' }, runs: { type: 'string' } },
  });
  const runs = values.runs === undefined ? undefined : Number(values.runs);
  const unknown = positionals.find((name) => BENCHMARKS.every((benchmark) => benchmark.name !== name));
  const isCount = runs === undefined || (Number.isSafeInteger(runs) && runs > 0);
  if (unknown !== undefined || !isCount || (values.size !== 'small' && values.size !== 'full')) {
    const names = BENCHMARKS.map(({ name, about }) => `  ${name.padEnd(12)}${about}`);
    console.error(['usage: npm run bench -- [NAME ...] [--size small|full] [--runs N]', ...names].join('\n'));
    process.exit(64);
  }
  const chosen = BENCHMARKS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  return { chosen, size: values.size, runs };
}

const { chosen, size, runs } = readCommand();
const machine = describeMachine();
console.log(machineText(machine));
const startedAt = new Date();
const benchmarks: Record<string, unknown> = {};
for (const benchmark of chosen) {
  console.log(`\n${benchmark.name}: ${benchmark.about}`);
  const report = createReport(console.log);
  await benchmark.run(size, report, runs);
  benchmarks[benchmark.name] = report.kept;
}

await mkdir(RESULTS, { recursive: true });
const name =
  chosen.length === BENCHMARKS.length ? 'all' : chosen.map((benchmark) => benchmark.name).join('+');
const file = join(RESULTS, `${startedAt.toISOString().replaceAll(/[:.]/g, '-')}-${name}-${size}.json`);
await writeFile(file, `${JSON.stringify({ startedAt, size, runs, machine, benchmarks }, undefined, 2)}\n`);
console.log(`\nraw figures: ${file}`);
