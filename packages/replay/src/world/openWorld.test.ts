import { gzipSync } from 'node:zlib';
import { isAppError, plainDay } from '@tapekeeper/core';
import { expect, test } from 'vitest';
import {
  DAYS,
  listFiles,
  LOTS_HEADER,
  lotsLine,
  RAW_HEADER,
  rawLine,
  temporaryFolder,
} from '../../test/temporaryFolder.ts';
import { rowOn } from './barTable.ts';
import { openWorld } from './openWorld.ts';

const lines = (...rows: readonly string[]): string => `${rows.join('\n')}\n`;

const raw = lines(RAW_HEADER, ...DAYS.map((day) => rawLine('600000.SH', day, '12.5', '12.5')));

async function problemOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await temporaryFolder(files);
  const error: unknown = await openWorld(folder).catch((cause: unknown) => cause);
  expect(isAppError(error, 'replay_data_missing')).toBe(true);
  expect((error as Error).message).toContain(folder);
  return (error as Error).message;
}

test('serves both protocols from one kind of bars', async () => {
  const world = await openWorld(await temporaryFolder({ ...listFiles(), 'bars_daily_raw.csv': raw }));
  expect(world.symbols).toEqual(['600000.SH']);
  expect([world.firstDay, world.lastDay]).toEqual(['2024-01-02', '2024-01-09']);
  expect(world.tushare.table).toBe(world.baostock.table);
});

test('gives each protocol the symbols of its own files, and their days', async () => {
  const world = await openWorld(
    await temporaryFolder({
      ...listFiles(),
      'bars_daily_raw.csv': raw,
      'tushare_daily_adj_2024.csv.gz': gzipSync(
        lines(LOTS_HEADER, lotsLine('000001.SZ', DAYS[1], '9', '9', '2')),
      ),
    }),
  );
  expect(world.symbols).toEqual(['000001.SZ', '600000.SH']);
  expect(world.baostock.instruments.map(({ symbol }) => symbol)).toEqual(['600000.SH']);
  expect(world.tushare.instruments.map(({ symbol }) => symbol)).toEqual(['000001.SZ']);
  expect([world.tushare.firstDay, world.tushare.lastDay, world.lastDay]).toEqual([DAYS[1], DAYS[1], DAYS[5]]);
});

test('a symbol whose bars end before the others is delisted on the next trading day', async () => {
  const friday = '2024-01-05';
  const world = await openWorld(
    await temporaryFolder({
      ...listFiles(),
      'bars_daily_raw.csv':
        raw + lines(rawLine('000001.SZ', DAYS[0], '9', '9'), rawLine('000001.SZ', friday, '9', '9')),
    }),
  );
  const [ended, lasting] = world.baostock.instruments;
  expect(ended).toMatchObject({
    symbol: '000001.SZ',
    delistDate: '2024-01-08',
    listStatus: 'D',
    listDate: '1991-04-03',
  });
  expect(lasting).toMatchObject({
    symbol: '600000.SH',
    delistDate: undefined,
    listStatus: 'L',
    name: '浦发银行',
  });
});

test('a symbol that the list lacks has its code for a name and its first bar for a listing', async () => {
  const files = {
    ...listFiles(),
    'bars_daily_raw.csv': lines(RAW_HEADER, rawLine('601989.SH', DAYS[2], '5', '5')),
  };
  const world = await openWorld(await temporaryFolder(files));
  expect(world.tushare.instrument('601989.SH')).toMatchObject({
    name: '601989',
    listDate: DAYS[2],
    listStatus: 'L',
  });
  expect(world.tushare.instrument('600000.SH')).toBeUndefined();
});

test('BaoStock does not serve the Beijing exchange', async () => {
  const files = {
    ...listFiles(),
    'bars_daily_raw.csv': raw + lines(rawLine('920163.BJ', DAYS[0], '5', '5')),
  };
  const world = await openWorld(await temporaryFolder(files));
  expect(world.tushare.instruments).toHaveLength(2);
  expect(world.baostock.instruments.map(({ symbol }) => symbol)).toEqual(['600000.SH']);
});

test('reads rows in any order over several files, and a later file corrects an earlier one', async () => {
  const world = await openWorld(
    await temporaryFolder({
      ...listFiles(),
      'bars_daily_raw_a.csv': lines(
        RAW_HEADER,
        rawLine('600000.SH', DAYS[2], '3', '2'),
        rawLine('000001.SZ', DAYS[0], '9', '9'),
        rawLine('600000.SH', DAYS[0], '1', '1'),
      ),
      'bars_daily_raw_b.csv.gz': gzipSync(
        lines(
          RAW_HEADER,
          rawLine('600000.SH', DAYS[1], '2', '1'),
          rawLine('600000.SH', DAYS[2], '3.5', '2'),
        ).replaceAll('\n', '\r\n'),
      ),
    }),
  );
  const { table } = world.baostock;
  const closes = DAYS.map((day) => rowOn(table, '600000.SH', plainDay(day))).map(
    (row) => row >= 0 && table.cells(row)[5],
  );
  expect(closes).toEqual(['1', '2', '3.5', false, false, false]);
  expect(table.cells(rowOn(table, '600000.SH', plainDay(DAYS[2]))).at(-1)).toBe('1.9');
  expect(table.rowsOfDay(0)).toHaveLength(2);
});

test('says which file is missing', async () => {
  const { 'stock_basic.csv': list, 'trading_calendar.csv': calendar } = listFiles();
  expect(await problemOf({ 'stock_basic.csv': list!, 'bars_daily_raw.csv': raw })).toContain(
    'trading_calendar.csv is missing',
  );
  expect(await problemOf({ 'trading_calendar.csv': calendar!, 'bars_daily_raw.csv': raw })).toContain(
    'stock_basic.csv is missing',
  );
  expect(await problemOf(listFiles())).toContain('no bars_daily_raw*.csv');
  expect(await problemOf({ ...listFiles(), 'bars_daily_raw.csv': lines(RAW_HEADER) })).toContain(
    'no bars_daily_raw*.csv',
  );
  const error: unknown = await openWorld('/does/not/exist').catch((cause: unknown) => cause);
  expect(isAppError(error, 'replay_data_missing')).toBe(true);
});

test('says which file is damaged, and where', async () => {
  const zipped = gzipSync(raw);
  const cases: readonly (readonly [string, string | Uint8Array, string])[] = [
    [
      'bars_daily_raw.csv.gz',
      zipped.subarray(0, zipped.length - 20),
      'bars_daily_raw.csv.gz: unexpected end of file',
    ],
    ['bars_daily_raw.csv.gz', raw, 'bars_daily_raw.csv.gz: incorrect header check'],
    ['bars_daily_raw.csv', '', 'bars_daily_raw.csv: it is empty'],
    ['bars_daily_raw.csv', 'date,code\n', 'does not begin with the columns ts_code,trade_date'],
    ['bars_daily_raw.csv', 'ts_code,trade_date,open\n', 'lacks the columns high, low'],
    ['bars_daily_raw.csv', lines(RAW_HEADER, '600000.SH,2024-01-02,1'), 'line 2 has 3 cells instead of 16'],
    [
      'bars_daily_raw.csv',
      lines(RAW_HEADER, rawLine('600000', DAYS[0], '1', '1')),
      'line 2 begins with no symbol',
    ],
    ['bars_daily_raw.csv', raw + lines(rawLine('600000.SH', '2024-02-30', '1', '1')), 'line 8 has no day'],
    ['stock_basic.csv', 'ts_code,name\n600000.SH\n', 'stock_basic.csv: line 2 has 1 cells instead of 2'],
    [
      'trading_calendar.csv',
      'exchange,cal_date,is_open,pretrade_date\nSSE,20240101,0,\n',
      'it has no open day',
    ],
  ];
  for (const [name, content, problem] of cases) {
    expect(await problemOf({ ...listFiles(), 'bars_daily_raw_0.csv': raw, [name]: content })).toContain(
      problem,
    );
  }
});

test('takes known factors from bars before those of a file of changes', async () => {
  const known =
    'ts_code,effective_date,adj_factor\n000001.SZ,20240103,7\n600000.SH,20240103,5.5\n600000.SH,20240109,5.5\n';
  const world = await openWorld(
    await temporaryFolder({
      ...listFiles(),
      'bars_daily_raw.csv': raw + lines(rawLine('000001.SZ', DAYS[5], '9', '9')),
      'tushare_daily_adj_2024.csv': lines(LOTS_HEADER, lotsLine('000001.SZ', DAYS[1], '9', '9', '2.25')),
      'adj_factor_changes.csv': known,
    }),
  );
  const { baostock } = world;
  expect(baostock.instruments.map(({ index }) => baostock.factors(index).texts)).toEqual([['2.25'], ['5.5']]);
});
