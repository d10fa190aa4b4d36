import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DryRun, Run } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { dataDirs } from './dataDirs.ts';
import { begin, resultOf, tapekeeper, type Begun, type Environment } from './program.ts';
import { FIRST_DAY, LAST_DAY, makeSmallWorld, SYMBOLS } from './smallWorld.ts';

// Collecting without a server, in the process of the command, against a replay upstream with faults.

const dirs = dataDirs();
let world: Awaited<ReturnType<typeof makeSmallWorld>>;
let upstream: Begun;
let env: Environment;

/** Where a symbol's first answer never comes: the work stops there, and the next try gets it. */
const STUCK_ONCE = [
  { match: { protocol: 'tushare', api: 'daily', symbol: SYMBOLS.at(-1) }, fault: { kind: 'silence' }, times: 1 },
];

beforeAll(async () => (world = await makeSmallWorld()));
afterAll(() => world.remove());

beforeEach(async () => {
  const dataDir = await dirs.make();
  const faults = join(dataDir, 'faults.json');
  await writeFile(faults, JSON.stringify(STUCK_ONCE));
  upstream = begin(['replay', '--data', world.folder, '--faults', faults, '--json']);
  const urls = JSON.parse(await upstream.says(/\n/)) as { tushareUrl: string; baostockUrl: string };
  env = {
    TAPEKEEPER_MODE: 'replay',
    TAPEKEEPER_MARKET_DAY: LAST_DAY,
    TAPEKEEPER_DATA_DIR: dataDir,
    TAPEKEEPER_TUSHARE_URL: urls.tushareUrl,
    TAPEKEEPER_BAOSTOCK_URL: urls.baostockUrl,
  };
});

afterEach(async () => {
  upstream.signal('SIGTERM');
  await upstream.ended;
  await dirs.remove();
});

const SYNC = ['sync', 'daily_bars', '--from', FIRST_DAY];
/** Two of four symbols are committed, and the worker waits for the last. */
const HALF_DONE = /2\/4 symbols/;

it('stops well at a first Ctrl-C and goes on with the same run when asked again', async () => {
  const first = begin([...SYNC, '--json'], env);
  await first.says(HALF_DONE);
  first.signal('SIGINT');
  const stopped = await first.ended;
  expect(stopped.code).toBe(EXIT.busy);
  expect(stopped.stderr).toContain('Run 1 stays open');
  expect(resultOf(stopped)).toMatchObject({ stopped: true, run: { id: 1, state: 'running' } });

  const again = await tapekeeper([...SYNC, '--json'], env);
  expect(again.stderr).toContain('Run 1 of the same question is still open');
  const { run } = resultOf<{ run: Run }>(again);
  expect(run).toMatchObject({ id: 1, state: 'success', progress: { itemsDone: 5, itemsFailed: 0 } });
  // what was committed before the stop has not been asked for again
  const { cells } = await coverage();
  expect(run.rowsWritten).toBe(cells.covered);
  expect(cells.gaps).toBe(0);
});

it('ends at once at a second Ctrl-C, and loses nothing', async () => {
  const first = begin(SYNC, env);
  await first.says(HALF_DONE);
  first.signal('SIGKILL');
  await first.ended;
  const again = await tapekeeper([...SYNC, '--json'], env);
  expect(resultOf(again)).toMatchObject({ run: { id: 1, state: 'success' } });
  expect((await coverage()).cells.gaps).toBe(0);
});

it('takes the work over from the process that did it when that is stopped', async () => {
  const first = begin(SYNC, env);
  await first.says(HALF_DONE);
  const second = begin(['sync', 'adj_factors', '--from', FIRST_DAY, '--force', '--json'], env);
  await second.says(/adj_factors/);
  const { runs } = resultOf<{ runs: Run[] }>(await tapekeeper(['runs', '--json'], env));
  expect(runs.map((run) => run.dataset)).toContain('adj_factors');
  first.signal('SIGINT');
  expect((await first.ended).code).toBe(EXIT.busy);
  const ended = await second.ended;
  expect(ended.code).toBe(EXIT.ok);
  expect(resultOf(ended)).toMatchObject({ run: { dataset: 'adj_factors', state: 'success' } });
});

it('plans without doing anything, and says what comes first', async () => {
  expect((await tapekeeper(['sync', 'stock_basics'], env)).code).toBe(EXIT.ok);
  const before = await tapekeeper([...SYNC, '--dry-run', '--json'], env);
  expect(resultOf<DryRun>(before)).toMatchObject({ requires: ['trade_calendar'], from: FIRST_DAY, to: LAST_DAY });
  expect((await tapekeeper(['sync', 'trade_calendar'], env)).code).toBe(EXIT.ok);
  const planned = await tapekeeper([...SYNC, '--source', 'baostock', '--dry-run', '--json'], env);
  expect(resultOf<DryRun>(planned)).toMatchObject({ requires: [], plan: { source: 'baostock', items: 4, calls: 4 } });
  const people = await tapekeeper([...SYNC, '--dry-run'], env);
  expect(people.stdout).toMatch(/items +4 +\(a symbol each\)/);
  const { runs } = resultOf<{ runs: Run[] }>(await tapekeeper(['runs', '--json'], env));
  expect(runs.map((run) => run.dataset)).toEqual(['trade_calendar', 'stock_basics']);
});

it('collects only the symbols of a file, from the named source', async () => {
  const file = join(env['TAPEKEEPER_DATA_DIR'] ?? '', 'symbols.txt');
  await writeFile(file, `${SYMBOLS[0]}\n${SYMBOLS[2]}\n`);
  const ended = await tapekeeper([...SYNC, '--symbols', `@${file}`, '--source', 'baostock', '--json'], env);
  expect(resultOf(ended)).toMatchObject({ run: { symbols: 2, state: 'success', progress: { itemsDone: 2 } } });
  const { run } = resultOf<{ run: Run }>(ended);
  expect(run.sources).toEqual(['baostock']);
});

it('does not leave a wish behind that nobody would work on', async () => {
  const ended = await tapekeeper([...SYNC, '--no-wait', '--json'], env);
  expect(ended.code).toBe(EXIT.usage);
  expect(resultOf(await tapekeeper(['runs', '--json'], env))).toMatchObject({ runs: [] });
});

async function coverage(): Promise<{ cells: { covered: number; gaps: number } }> {
  const { datasets } = resultOf<{ datasets: { cells: { covered: number; gaps: number } }[] }>(
    await tapekeeper(['coverage', 'daily_bars', '--json'], env),
  );
  return datasets[0] ?? { cells: { covered: -1, gaps: -1 } };
}
