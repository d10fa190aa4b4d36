import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { DAYS, SPAN, SYMBOLS } from '../support/smallMarket.ts';
import { toolsIn } from '../support/taskTools.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { createTaskStand, type TaskStand } from './taskStand.ts';

const database = useCleanDatabase();
const ROWS = DAYS.length * SYMBOLS.length;
let folder: string;
let stand: TaskStand;

beforeEach(async () => {
  folder = await temporaryFolder();
  stand = await createTaskStand(database().db, { tasks: toolsIn(folder) });
  await stand.sync({ dataset: 'daily_bars', ...SPAN });
  await stand.sync({ dataset: 'adj_factors', ...SPAN });
});

const files = (): Promise<readonly string[]> => readdir(join(folder, 'exports'));

describe('an export', () => {
  it.each(['csv', 'ndjson', 'parquet'] as const)('writes a data set as %s and says where', async (format) => {
    const run = await stand.task('export', { dataset: 'daily_bars', format });
    const path = join(folder, 'exports', `daily_bars-2024-01-31-${run.id}.${format}`);
    expect(run).toMatchObject({
      state: 'success',
      result: {
        dataset: 'daily_bars',
        format,
        path,
        rows: ROWS,
        bytes: (await stat(path)).size,
        removed: [],
      },
    });
    expect(await stand.deps.store.runSteps(run.id)).toMatchObject([
      { name: 'count', state: 'done' },
      { name: 'write', state: 'done', done: ROWS, total: ROWS },
      { name: 'tidy', state: 'done' },
    ]);
    if (format === 'csv') expect((await readFile(path, 'utf8')).trim().split('\n')).toHaveLength(ROWS + 1);
  });

  it('writes the days, symbols and adjusted prices that were asked for', async () => {
    const set = { name: 'mine', title: null, rule: null, symbols: SYMBOLS.slice(0, 2), author: 'a' };
    await stand.deps.store.createSet(set);
    const wish = {
      dataset: 'daily_bars',
      format: 'ndjson',
      lastDays: 20,
      set: 'mine',
      adjust: 'backward',
    } as const;
    const run = await stand.task('export', wish);
    expect(run.state).toBe('success');
    const rows = (await readFile(String(run.result?.['path']), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { symbol: string; trade_date: string; close: number });
    // of 2024-01-31 and the nineteen days before it
    expect(rows.map(({ symbol, trade_date }) => `${symbol} ${trade_date}`)).toEqual(
      SYMBOLS.slice(0, 2).flatMap((symbol) => [`${symbol} 2024-01-12`]),
    );
    const raw = await stand.db.one<{ close: number }>(sql`
      SELECT close FROM market.daily_bars WHERE symbol = ${SYMBOLS[0]} AND trade_date = '2024-01-12'`);
    expect(rows[0]?.close).toBeGreaterThan(raw.close);
  });

  it('writes a folder for Qlib', async () => {
    const run = await stand.task('export', { dataset: 'daily_bars', format: 'qlib' });
    expect(run).toMatchObject({ state: 'success', result: { rows: ROWS } });
    expect((await readdir(String(run.result?.['path']))).toSorted()).toEqual([
      'calendars',
      'features',
      'instruments',
    ]);
  });

  it('keeps the newest ones of its kind, and leaves what is not its own', async () => {
    await mkdir(join(folder, 'exports'), { recursive: true });
    await writeFile(join(folder, 'exports', 'daily_bars-notes.csv'), 'mine');
    const paths: string[] = [];
    for (let times = 0; times < 3; times++) {
      const run = await stand.task('export', { dataset: 'daily_bars', format: 'csv' });
      paths.push(basename(String(run.result?.['path'])));
      if (times === 2) expect(run.result?.['removed']).toEqual([paths[0]]);
    }
    const other = await stand.task('export', { dataset: 'daily_bars', format: 'ndjson' });
    expect((await files()).toSorted()).toEqual(
      [...paths.slice(1), 'daily_bars-notes.csv', basename(String(other.result?.['path']))].toSorted(),
    );
  });

  it('begun again replaces what a killed attempt has left, and a stopped one leaves nothing', async () => {
    const id = await stand.begin('export', { dataset: 'daily_bars', format: 'csv' });
    const name = `daily_bars-2024-01-31-${id}.csv`;
    await mkdir(join(folder, 'exports'), { recursive: true });
    await writeFile(join(folder, 'exports', `${name}.new-0badf00d`), 'half');
    await stand.workOne(AbortSignal.abort());
    expect(await files()).toEqual([]);
    await stand.work();
    expect((await stand.run(id)).state).toBe('success');
    expect(await files()).toEqual([name]);
  });

  it.each([
    ['of an unknown data set', { dataset: 'daily_barz', format: 'csv' }, 'unknown_dataset'],
    ['of a set that is not there', { dataset: 'daily_bars', format: 'csv', set: 'none' }, 'unknown_set'],
    ['of days of a list', { dataset: 'stock_basics', format: 'csv', lastDays: 5 }, 'bad_request'],
    ['of lists for Qlib', { dataset: 'stock_basics', format: 'qlib' }, 'bad_request'],
    ['of adjusted lists', { dataset: 'stock_basics', format: 'csv', adjust: 'forward' }, 'bad_request'],
  ] as const)('%s is refused, and writes nothing', async (_, wish, code) => {
    expect(await stand.task('export', wish)).toMatchObject({ state: 'failed', attempt: 1, error: { code } });
    await expect(files()).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
