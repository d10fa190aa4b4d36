import { boardOf, builtinCalendar, isAppError, plainDay, type Symbol } from '@tapekeeper/core';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { askTushareText } from '../../test/askTushare.ts';
import { baostockClient } from '../../test/baostockClient.ts';
import { runReplay } from '../../test/runReplay.ts';
import { rowsInRange } from './barTable.ts';
import { chainFactors } from './factorSteps.ts';
import { limitCents, limitPercent } from './limitRule.ts';
import { generateWorld, type WorldWish } from './generateWorld.ts';
import type { World } from './world.ts';

const from = plainDay('2025-02-05');
const to = plainDay('2025-11-28');
const world = generateWorld({ seed: 7, symbols: 400, from, to });
const { table } = world.tushare;

interface Bar {
  readonly symbol: Symbol;
  readonly row: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly preClose: number;
  readonly volume: number;
  readonly amount: number;
  readonly isTreated: boolean;
  readonly traded: boolean;
}

/** Prices and amounts in cents, read from the texts that upstreams serve. */
function barAt(row: number): Bar {
  const cells = table.cells(row);
  const number = (name: string): number => Number(cells[table.columns.indexOf(name)]);
  const cents = (name: string): number => Math.round(number(name) * 100);
  return {
    symbol: cells[0] as Symbol,
    row,
    open: cents('open'),
    high: cents('high'),
    low: cents('low'),
    close: cents('close'),
    preClose: cents('pre_close'),
    volume: number('volume'),
    amount: cents('amount'),
    isTreated: number('is_st') === 1,
    traded: number('trade_status') === 1,
  };
}

const bars = Array.from({ length: table.rowCount }, (_, row) => barAt(row));

function bytesOf({ tushare, symbols, recoded }: World): string {
  const hash = createHash('sha256').update(JSON.stringify([symbols, recoded]));
  for (let row = 0; row < tushare.table.rowCount; row += 1) hash.update(tushare.table.cells(row).join());
  for (const { cells, index } of tushare.instruments) {
    hash.update(JSON.stringify([[...cells], tushare.factors(index)]));
  }
  return hash.digest('hex');
}

describe('a generated world', () => {
  test('is the same to the last digit for the same wish, and another for another seed', () => {
    const days = fc.integer({ min: 8300, max: 8500 }).map((index) => builtinCalendar().openDayAt(index)!);
    const wishes: fc.Arbitrary<WorldWish> = fc.record({
      seed: fc.nat(),
      symbols: fc.integer({ min: 1, max: 40 }),
      from: days,
      to: fc.constant(plainDay('2025-10-31')),
    });
    fc.assert(
      fc.property(wishes, (wish) => {
        expect(bytesOf(generateWorld(wish))).toBe(bytesOf(generateWorld(wish)));
        const other = generateWorld({ ...wish, seed: wish.seed! + 1 });
        expect(bytesOf(other)).not.toBe(bytesOf(generateWorld(wish)));
      }),
      { numRuns: 8 },
    );
  });

  test('has as many stocks as wished, of every board, each under a code of its board', () => {
    const { instruments } = world.tushare;
    expect(instruments).toHaveLength(400);
    expect(instruments.map(({ symbol }) => symbol)).toEqual(table.symbols);
    expect(table.symbols).toEqual(table.symbols.toSorted());
    expect(new Set(table.symbols).size).toBe(400);
    expect(new Set(instruments.map(({ symbol }) => boardOf(symbol)))).toEqual(
      new Set(['main', 'star', 'chinext', 'bse']),
    );
    expect(new Set(instruments.map(({ name }) => name.replace(/^ST/, ''))).size).toBe(400);
  });

  test('has a row for each trading day from listing to the end of it, and no other', () => {
    const calendar = builtinCalendar();
    const opened = plainDay('2021-11-15');
    for (const { symbol, index, listDate, delistDate } of world.tushare.instruments) {
      const first = symbol.endsWith('.BJ') && listDate < opened ? opened : listDate;
      const days = calendar
        .tradingDays(first > from ? first : from, to)
        .filter((day) => delistDate === undefined || day < delistDate);
      const [start, end] = rowsInRange(table, index, from, to);
      expect(
        Array.from({ length: end - start }, (_, place) => table.days[table.rowDay[start + place]!]),
      ).toEqual(days);
      expect(world.symbols.includes(symbol)).toBe(days.length > 0);
    }
  });

  test('has rows of a day in the order of symbols', () => {
    for (const day of [0, 100, table.days.length - 1]) {
      const rows = table.rowsOfDay(day);
      expect([...rows]).toEqual(bars.flatMap(({ row }) => (table.rowDay[row] === day ? [row] : [])));
    }
  });

  test('has prices in order, and a mean price between low and high', () => {
    const wrong = bars.filter(
      ({ open, high, low, close, volume, amount, traded }) =>
        high < Math.max(open, close) ||
        low > Math.min(open, close) ||
        low <= 0 ||
        volume > 0 !== traded ||
        amount < low * volume ||
        amount > high * volume,
    );
    expect(wrong).toEqual([]);
  });

  test('goes on from the last close, but for ex-dates', () => {
    const steps = bars.filter(({ symbol, preClose }, index) => {
      const before = bars[index - 1];
      return before?.symbol === symbol && before.close !== preClose;
    });
    expect(steps.every(({ row, preClose }) => preClose < bars[row - 1]!.close)).toBe(true);
    expect(steps.length).toBeGreaterThan(100);
  });

  test('keeps within the limits after the first five days, and reaches them at times', () => {
    const calendar = builtinCalendar();
    const grown = bars.filter(({ symbol, row }) => {
      const { listDate } = world.tushare.instrument(symbol)!;
      return calendar.openIndex(table.days[table.rowDay[row]!]!) - calendar.openIndex(listDate) >= 5;
    });
    const limitsOf = ({ symbol, isTreated, preClose }: Bar): readonly [number, number] => {
      const percent = limitPercent(symbol, isTreated);
      return [limitCents(preClose, -percent), limitCents(preClose, percent)];
    };
    const beyond = grown.filter((bar) => bar.low < limitsOf(bar)[0] || bar.high > limitsOf(bar)[1]);
    expect(beyond).toEqual([]);
    expect(grown.filter((bar) => limitsOf(bar).includes(bar.close)).length).toBeGreaterThan(100);
  });

  test('has what a market has: newcomers, leavers, stocks gone before, suspensions, special treatment, odd lots', () => {
    const { instruments } = world.tushare;
    expect(instruments.some(({ listDate }) => listDate > from)).toBe(true);
    expect(instruments.some(({ delistDate }) => delistDate !== undefined && delistDate > from)).toBe(true);
    expect(instruments.some(({ delistDate }) => delistDate !== undefined && delistDate < from)).toBe(true);
    expect(instruments.some(({ listStatus, name }) => listStatus === 'L' && name.startsWith('ST'))).toBe(
      true,
    );
    expect(bars.some(({ traded }) => !traded)).toBe(true);
    expect(bars.some(({ isTreated }) => isTreated)).toBe(true);
    expect(bars.some(({ volume }) => volume % 100 !== 0)).toBe(true);
    expect(instruments.some(({ listDate }) => listDate < '1995-01-01')).toBe(true);
  });

  test('has the factors that follow from its bars', () => {
    const own = Map.groupBy(bars, ({ symbol }) => symbol);
    for (const { symbol, index } of world.tushare.instruments) {
      const steps = world.tushare.factors(index);
      const series = (own.get(symbol) ?? []).map(({ row, close, preClose }) => ({
        day: table.days[table.rowDay[row]!]!,
        close,
        preClose,
      }));
      expect(steps).toEqual(
        chainFactors(series, { days: steps.days.slice(0, 1), texts: steps.texts.slice(0, 1) }),
      );
    }
  });
});

describe("Beijing's stocks", () => {
  test('have codes that begin with 920, and the older ones had others before', () => {
    const codes = table.symbols.filter((symbol) => symbol.endsWith('.BJ'));
    expect(codes.every((symbol) => symbol.startsWith('920'))).toBe(true);
    expect(world.recoded.length).toBeGreaterThan(5);
    for (const { old, now, since } of world.recoded) {
      expect(codes).toContain(now);
      expect(old).toMatch(/^(43|83|87)\d{4}\.BJ$/);
      expect(old.slice(3, 6)).toBe(now.slice(3, 6));
      expect(since).toBe('2025-10-09');
    }
    expect(new Set(world.recoded.map(({ old }) => old)).size).toBe(world.recoded.length);
  });

  test('keep their old codes in a world that ends before', () => {
    const before = generateWorld({ seed: 7, symbols: 400, from, to: plainDay('2025-03-31') });
    expect(before.recoded).toEqual([]);
    expect(before.symbols.some((symbol) => symbol.startsWith('83'))).toBe(true);
    expect(before.tushare.table.symbols).toEqual(before.tushare.table.symbols.toSorted());
  });

  test('are recoded on another day where that is wished', () => {
    const since = plainDay('2025-03-03');
    const early = generateWorld({ symbols: 200, from, to: plainDay('2025-03-31'), recodedSince: since });
    expect(early.recoded.length).toBeGreaterThan(0);
    expect(new Set(early.recoded.map((each) => each.since))).toEqual(new Set([since]));
  });

  test('are no business of BaoStock', () => {
    expect(world.baostock.instruments.some(({ symbol }) => symbol.endsWith('.BJ'))).toBe(false);
    expect(world.baostock.table).toBe(world.tushare.table);
  });
});

test('boards that did not exist yet have no stocks', () => {
  const old = generateWorld({ symbols: 60, from: plainDay('1996-01-02'), to: plainDay('1996-12-31') });
  expect(new Set(old.symbols.map((symbol) => boardOf(symbol)))).toEqual(new Set(['main']));
  expect(old.symbols.every((symbol) => /^(600|000)/.test(symbol))).toBe(true);
});

test.each<WorldWish>([
  { symbols: 0 },
  { symbols: 1.5 },
  { symbols: 100_000 },
  { from: plainDay('2025-10-01'), to: plainDay('2025-10-07') },
  { from: plainDay('2030-01-01'), to: plainDay('2030-12-31') },
])('refuses %j', (wish) => {
  let error: unknown;
  try {
    generateWorld(wish);
  } catch (cause) {
    error = cause;
  }
  expect(isAppError(error, 'bad_setting')).toBe(true);
});

test('is served over both protocols as a folder is', async () => {
  const { tushareUrl, baostockUrl } = await runReplay({ world });
  const bar = bars.find(({ symbol, traded }) => traded && symbol.endsWith('.SH'))!;
  const day = table.days[table.rowDay[bar.row]!]!;
  const text = await askTushareText(tushareUrl, 'daily', {
    params: { ts_code: bar.symbol, trade_date: day.replaceAll('-', '') },
    fields: 'ts_code,close,pre_close',
  });
  expect(text).toContain(`"items":[["${bar.symbol}",${bar.close / 100},${bar.preClose / 100}]]`);
  const client = await baostockClient(baostockUrl);
  await client.login();
  const code = `sh.${bar.symbol.slice(0, 6)}`;
  const rows = await client.rows('95', 'query_history_k_data_plus', [
    code,
    'date,close,volume',
    day,
    day,
    'd',
    '3',
  ]);
  expect(rows).toEqual([[day, (bar.close / 100).toFixed(4), String(bar.volume)]]);
});
