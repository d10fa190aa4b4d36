import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT } from '@tapekeeper/core';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dataDirs } from './dataDirs.ts';
import { resultOf, succeed, tapekeeper, type Ended, type Environment } from './program.ts';
import { FIRST_DAY, LAST_DAY, makeSmallWorld, SYMBOLS } from './smallWorld.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

/** Bars of the small world: 125 days of four symbols, one of which was suspended for ten. */
const ROWS = 4 * 125 - 10;

const dirs = dataDirs();
let world: Awaited<ReturnType<typeof makeSmallWorld>>;
let env: Environment;
let out: string;

beforeAll(async () => {
  world = await makeSmallWorld();
  out = await dirs.make();
  env = {
    TAPEKEEPER_MODE: 'replay',
    TAPEKEEPER_REPLAY_DATA: world.folder,
    TAPEKEEPER_DATA_DIR: await dirs.prepared(),
  };
  await succeed(['sync', 'daily_bars', '--from', FIRST_DAY], env);
  await succeed(['sync', 'adj_factors', '--from', FIRST_DAY], env);
});

afterAll(async () => {
  await dirs.remove();
  await world.remove();
});

function run(...args: string[]): Promise<Ended> {
  return tapekeeper(['export', ...args], env);
}

interface Summary {
  readonly rows: number;
  readonly bytes: number;
  readonly file: string;
  readonly seconds: number;
}

async function exported(name: string, ...args: string[]): Promise<{ path: string; summary: Summary }> {
  const path = join(out, name);
  const ended = await run('daily_bars', '--out', path, '--json', ...args);
  expect(ended).toMatchObject({ code: EXIT.ok, stderr: '' });
  return { path, summary: resultOf<Summary>(ended) };
}

describe('a file', () => {
  it('of CSV holds a head and a line for each row, and the summary says how many', async () => {
    const { path, summary } = await exported('bars.csv');
    const text = await readFile(path, 'utf8');
    expect(text.trimEnd().split('\n')).toHaveLength(ROWS + 1);
    expect(summary).toMatchObject({ dataset: 'daily_bars', file: path, format: 'csv', rows: ROWS });
    expect(summary.bytes).toBe((await stat(path)).size);
    expect(await readdir(out)).not.toContainEqual(expect.stringContaining('.new-'));
  });

  it('of JSON lines holds what was asked for', async () => {
    const args = ['--symbols', '600000.SH', '--from', '2024-12-02', '--columns', 'trade_date,close'];
    const { path, summary } = await exported('bars.txt', '--format', 'ndjson', ...args);
    const rows = (await readFile(path, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(summary.rows).toBe(rows.length);
    expect(rows.at(-1)).toEqual({ trade_date: LAST_DAY, close: 10.29 });
  });

  it('of Parquet is read back as it was written, adjusted and of weeks', async () => {
    const { path, summary } = await exported('bars.parquet', '--adjust', 'qfq');
    const rows = await parquetReadObjects({ file: await bytesOf(path) });
    expect(rows).toHaveLength(ROWS);
    expect(summary.rows).toBe(ROWS);
    expect(rows.at(-1)).toMatchObject({ symbol: '600027.SH', trade_date: new Date(`${LAST_DAY}T00:00:00Z`) });
    expect(rows.filter((row) => row['symbol'] === '600000.SH').at(-1)).toMatchObject({ close: 10.29 });
    const weekly = join(out, 'weeks.parquet');
    expect(await run('weekly_bars', '--out', weekly)).toMatchObject({ code: EXIT.ok });
    const weeks = await parquetReadObjects({ file: await bytesOf(weekly), columns: ['symbol', 'volume'] });
    expect(new Set(weeks.map((row) => row['symbol']))).toEqual(new Set(SYMBOLS));
  });

  it('that is there is not written over without being told to', async () => {
    const path = join(out, 'mine.csv');
    await writeFile(path, 'mine');
    const refused = await run('stock_basics', '--out', path);
    expect(refused.code).toBe(EXIT.usage);
    expect(refused.stderr).toContain('--force');
    expect(await readFile(path, 'utf8')).toBe('mine');
    expect((await run('stock_basics', '--out', path, '--force')).code).toBe(EXIT.ok);
    expect(await readFile(path, 'utf8')).toMatch(/^symbol,name,/);
  });

  it('says for people what was written, in both languages', async () => {
    const path = join(out, 'said.csv');
    expect((await run('stock_basics', '--out', path)).stdout).toContain(`${path}: 4 rows`);
    expect((await run('stock_basics', '--out', path, '--force', '--lang', 'zh')).stdout).toContain('4 行');
  });

  it.each([
    [['daily_bars'], 'needs a data set and --out'],
    [['--out', 'x.csv'], 'needs a data set and --out'],
    [['daily_bras', '--out', 'x.csv'], 'daily_bars'],
    [['daily_bars', '--out', 'x.xls'], '--format'],
    [['daily_bars', '--qlib', 'x', '--out', 'y.csv'], '--qlib writes daily bars'],
    [['adj_factors', '--qlib', 'x'], '--qlib writes daily bars'],
    [['adj_factors', '--out', 'x.csv', '--adjust', 'hfq'], 'no prices to adjust'],
    [['daily_bars', '--out', 'x.csv', '--symbols', '999999.SH'], '999999.SH'],
    [['daily_bars', '--out', 'x.csv', '--as-of', 'never'], 'asOf'],
    [['daily_bars', '--out', 'x.csv', '--format', 'xls'], '--format'],
  ])('is not begun for a command that cannot be meant: %j', async (args, word) => {
    const { code, stderr, stdout } = await run(...args);
    expect([code, stdout]).toEqual([EXIT.usage, '']);
    expect(stderr).toContain(word);
  });

  it('in a folder that is not there is told as such', async () => {
    const ended = await run('stock_basics', '--out', join(out, 'nowhere', 'x.csv'));
    expect(ended.code).toBe(EXIT.io);
    expect(ended.stderr).toContain('nowhere');
  });
});

describe('a folder for Qlib', () => {
  it('holds calendar, instruments and a file of floats for each field, from the first bar on', async () => {
    const dir = join(out, 'qlib');
    const ended = await run('--qlib', dir, '--json');
    expect(ended).toMatchObject({ code: EXIT.ok, stderr: '' });
    expect(resultOf(ended)).toMatchObject({ dir, symbols: 4, days: 125, rows: ROWS });
    const calendar = (await readFile(join(dir, 'calendars', 'day.txt'), 'utf8')).trimEnd().split('\n');
    expect([calendar[0], calendar.at(-1)]).toEqual([FIRST_DAY, LAST_DAY]);
    expect(await readFile(join(dir, 'instruments', 'all.txt'), 'utf8')).toBe(
      ['SZ000001', 'SZ000002', 'SH600000', 'SH600027']
        .map((name) => `${name}\t${FIRST_DAY}\t${LAST_DAY}\n`)
        .join(''),
    );
    expect((await readdir(join(dir, 'features'))).toSorted()).toEqual([
      'sh600000',
      'sh600027',
      'sz000001',
      'sz000002',
    ]);
    const [open, close, volume, factor] = await Promise.all(
      ['open', 'close', 'volume', 'factor'].map((field) =>
        floatsOf(join(dir, 'features', 'sh600000', `${field}.day.bin`)),
      ),
    );
    expect([open?.length, open?.[0]]).toEqual([126, 0]);
    expect(close?.[1]).toBeCloseTo(1, 6);
    expect((close?.at(-1) ?? 0) / (factor?.at(-1) ?? 1)).toBeCloseTo(10.29, 4);
    const csv = join(out, 'last.csv');
    await run(
      'daily_bars',
      '--out',
      csv,
      '--symbols',
      '600000.SH',
      '--from',
      LAST_DAY,
      '--columns',
      'volume',
    );
    const raw = Number((await readFile(csv, 'utf8')).split('\n')[1]);
    expect(((volume?.at(-1) ?? 0) * (factor?.at(-1) ?? 1)) / raw).toBeCloseTo(1, 5);
    const suspended = await floatsOf(join(dir, 'features', 'sh600027', 'close.day.bin'));
    expect(suspended.filter((value) => Number.isNaN(value))).toHaveLength(10);
  });

  it('is replaced by force, unless it is something else', async () => {
    const dir = join(out, 'qlib-again');
    expect((await run('--qlib', dir)).code).toBe(EXIT.ok);
    expect((await run('--qlib', dir)).code).toBe(EXIT.usage);
    const ended = await run('daily_bars', '--qlib', dir, '--force', '--symbols', '600000.SH', '--json');
    expect(resultOf(ended)).toMatchObject({ symbols: 1 });
    expect(await readdir(join(dir, 'features'))).toEqual(['sh600000']);
    const other = await dirs.make();
    await writeFile(join(other, 'thesis.txt'), 'mine');
    expect((await run('--qlib', other, '--force')).code).toBe(EXIT.usage);
    expect(await readdir(other)).toEqual(['thesis.txt']);
  });
});

async function bytesOf(path: string): Promise<ArrayBuffer> {
  const bytes = await readFile(path);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
}

async function floatsOf(path: string): Promise<readonly number[]> {
  const bytes = await readFile(path);
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}
