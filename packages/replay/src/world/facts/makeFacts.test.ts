import {
  addDays,
  disclosureDeadline,
  type PlainDay,
  plainDay,
  quarterCalendar,
  shanghaiDay,
  type Symbol,
  symbolOf,
} from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listFiles, LOTS_HEADER, lotsLine, temporaryFolder } from '../../../test/temporaryFolder.ts';
import { rowOn } from '../barTable.ts';
import { factorOn } from '../factorSteps.ts';
import type { Facts } from '../facts.ts';
import { generateWorld } from '../generateWorld.ts';
import { openWorld } from '../openWorld.ts';
import { makeFacts } from './makeFacts.ts';

const world = generateWorld({
  seed: 3,
  symbols: 160,
  from: plainDay('2024-09-02'),
  to: plainDay('2025-09-30'),
});
const { facts, symbols, firstDay, lastDay } = world;
const { table } = world.tushare;

function cellOn(symbol: Symbol, day: PlainDay, column: string): number {
  return Number(table.cells(rowOn(table, symbol, day))[table.columns.indexOf(column)]);
}

/** Every kind of question, by a number. */
function ask(of: Facts, number: number): unknown {
  const symbol = symbols[number % symbols.length]!;
  const day = table.days[number % table.days.length]!;
  const questions = [
    () => of.minuteBars(symbol, day),
    () => of.reports(symbol),
    () => of.dividends(symbol),
    () => of.suspensions(day),
    () => of.limits(symbol, day),
    () => of.names(symbol),
    () => of.shares(symbol, day),
    () => of.news(day),
    () => of.announcements(day),
    () => of.indexBars(of.indices[number % of.indices.length]!.symbol, firstDay, day),
  ];
  return questions[number % questions.length]!();
}

test('facts are the same in whatever order they are asked for', () => {
  const orders = fc.array(fc.nat(100_000), { minLength: 5, maxLength: 30 });
  fc.assert(
    fc.property(orders, fc.nat(), (numbers, seed) => {
      const [one, other] = [makeFacts(world, seed), makeFacts(world, seed)];
      const answers = new Map(numbers.map((number) => [number, ask(one, number)]));
      for (const number of numbers.toReversed()) expect(ask(other, number)).toEqual(answers.get(number));
    }),
    { numRuns: 8 },
  );
});

test('another seed gives other facts', () => {
  const other = makeFacts(world, 99);
  const symbol = symbols[0]!;
  expect(other.reports(symbol)).not.toEqual(facts.reports(symbol));
  expect(other.news(firstDay)).not.toEqual(facts.news(firstDay));
});

describe('indices', () => {
  test('are known by symbol once, with their bases', () => {
    expect(new Set(facts.indices.map(({ symbol }) => symbol)).size).toBe(facts.indices.length);
    expect(facts.indices.length).toBeGreaterThanOrEqual(20);
    for (const { baseDate, listDate, basePoint } of facts.indices) {
      expect(baseDate <= listDate).toBe(true);
      expect(basePoint).toBeGreaterThan(0);
    }
  });

  test.each(facts.indices.map(({ symbol }) => symbol))('%s goes from day to day in order', (symbol) => {
    const bars = facts.indexBars(symbol, firstDay, lastDay);
    const { listDate } = facts.indices.find((index) => index.symbol === symbol)!;
    expect(bars.map(({ day }) => day)).toEqual(table.days.filter((day) => day >= listDate));
    for (const [index, bar] of bars.entries()) {
      if (index > 0) expect(bar.preClose).toBe(bars[index - 1]!.close);
      expect(bar.high).toBeGreaterThanOrEqual(Math.max(bar.open, bar.close));
      expect(bar.low).toBeLessThanOrEqual(Math.min(bar.open, bar.close));
      expect(Math.abs(bar.close / bar.preClose - 1)).toBeLessThan(0.3);
      expect([bar.volume % 100, bar.amount % 1000]).toEqual([0, 0]);
      expect(bar.volume).toBeGreaterThan(0);
    }
  });

  test('give both ends of a range, and nothing for a stock', () => {
    const [from, to] = [table.days[3]!, table.days[7]!];
    expect(facts.indexBars(symbolOf('000300.SH'), from, to)).toHaveLength(5);
    expect(facts.indexBars(symbols[0]!, from, to)).toEqual([]);
  });
});

describe('reports', () => {
  const first = plainDay('2022-09-02');

  test('are there for each quarter whose deadline has passed, announced in time and in order', () => {
    for (const { symbol, listDate, delistDate } of world.tushare.instruments) {
      const reports = facts.reports(symbol);
      const announced = reports.map((report) => report.announced);
      expect(announced).toEqual(announced.toSorted());
      const end = delistDate === undefined || delistDate > lastDay ? lastDay : addDays(delistDate, -1);
      const due = quarterCalendar()
        .tradingDays(listDate > first ? listDate : first, end)
        .filter((period) => disclosureDeadline(period) <= end);
      const known = new Set(reports.map(({ period }) => period));
      expect(due.filter((period) => !known.has(period))).toEqual([]);
      for (const { period, announced: day, update } of reports) {
        expect(day > period && day <= end).toBe(true);
        if (update === 0) expect(day <= disclosureDeadline(period)).toBe(true);
      }
    }
  });

  test('are corrected at times, after the first announcement', () => {
    const all = symbols.flatMap((symbol) => facts.reports(symbol).map((report) => ({ symbol, ...report })));
    const corrected = all.filter(({ update }) => update === 1);
    expect(corrected.length).toBeGreaterThan(10);
    for (const { symbol, period, announced, revenue } of corrected) {
      const original = facts.reports(symbol).find((each) => each.period === period && each.update === 0)!;
      expect(announced > original.announced).toBe(true);
      expect(revenue).not.toBe(original.revenue);
    }
    const keys = all.map(({ symbol, period, update }) => `${symbol} ${period} ${update}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('balance to the cent, and have no more decimals than they may', () => {
    const decimals = (value: number): number => String(value).split('.')[1]?.length ?? 0;
    for (const report of symbols.slice(0, 40).flatMap((symbol) => facts.reports(symbol))) {
      const cents = (value: number): number => Math.round(value * 100);
      expect(cents(report.totalLiabilities) + cents(report.totalEquity)).toBe(cents(report.totalAssets));
      for (const name of ['revenue', 'netProfit', 'totalAssets', 'cash', 'operatingCashFlow'] as const)
        expect(decimals(report[name])).toBeLessThanOrEqual(2);
      for (const name of ['basicEps', 'roe', 'grossMargin', 'bps', 'currentRatio'] as const)
        expect(decimals(report[name])).toBeLessThanOrEqual(4);
      expect(
        Object.values(report).every((value) => typeof value !== 'number' || Number.isFinite(value)),
      ).toBe(true);
    }
  });
});

describe('dividends', () => {
  test('have the ex-days of the factors, and no other ones while there are bars', () => {
    for (const { symbol, index } of world.tushare.instruments) {
      const exDays = facts.dividends(symbol).flatMap(({ carriedOut }) => carriedOut?.exDay ?? []);
      expect(exDays.filter((day) => day >= firstDay)).toEqual(world.tushare.factors(index).days.slice(1));
    }
  });

  test('take from the price what they give, to the cent', () => {
    let seen = 0;
    for (const symbol of symbols) {
      for (const { cash, bonus, transfer, carriedOut } of facts.dividends(symbol)) {
        if (carriedOut === undefined || carriedOut.exDay < firstDay) continue;
        const before = cellOn(symbol, table.days[table.days.indexOf(carriedOut.exDay) - 1]!, 'close');
        const reference = cellOn(symbol, carriedOut.exDay, 'pre_close');
        expect(Math.abs((before - cash) / (1 + bonus + transfer) - reference)).toBeLessThan(0.011);
        seen += 1;
      }
    }
    expect(seen).toBeGreaterThan(50);
  });

  test('are each of another quarter, proposed after it, then announced, recorded and paid', () => {
    for (const symbol of symbols) {
      const dividends = facts.dividends(symbol);
      expect(new Set(dividends.map(({ period }) => period)).size).toBe(dividends.length);
      for (const { period, announced, carriedOut } of dividends) {
        expect(announced > period).toBe(true);
        if (carriedOut === undefined) continue;
        expect(announced < carriedOut.announced).toBe(true);
        expect(carriedOut.announced < carriedOut.recordDay).toBe(true);
        expect(carriedOut.recordDay < carriedOut.exDay).toBe(true);
      }
    }
    const proposals = symbols.flatMap((symbol) => facts.dividends(symbol));
    expect(proposals.some(({ carriedOut }) => carriedOut === undefined)).toBe(true);
  });
});

describe('suspensions', () => {
  test('are the days without trade, and the day after them', () => {
    let last = new Set<string>();
    for (const [index, day] of table.days.entries()) {
      const idle = new Set(
        [...table.rowsOfDay(index)]
          .filter((row) => table.suspended[row] === 1)
          .map((row) => table.symbols[table.rowSymbol[row]!]!),
      );
      const said = facts.suspensions(day);
      expect(new Set(said.flatMap(({ type, symbol }) => (type === 'S' ? symbol : [])))).toEqual(idle);
      for (const { type, symbol } of said)
        if (type === 'R') expect(last.has(symbol) && !idle.has(symbol)).toBe(true);
      last = idle;
    }
    const resumed = table.days.flatMap((day) => facts.suspensions(day)).filter(({ type }) => type === 'R');
    expect(resumed.length).toBeGreaterThan(5);
  });

  test('are told from missing rows where files have none for idle days', async () => {
    const line = (symbol: string, day: string): string => lotsLine(symbol, day, '9', '9', '1');
    const days = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'];
    const lines = [LOTS_HEADER, ...days.map((day) => line('600000.SH', day))];
    lines.push(line('000001.SZ', days[0]!), line('000001.SZ', days[3]!), '');
    const files = { ...listFiles(), 'tushare_daily_adj_2024.csv': lines.join('\n') };
    const gappy = (await openWorld(await temporaryFolder(files))).facts;
    expect(
      days.map((day) => gappy.suspensions(plainDay(day)).map(({ symbol, type }) => symbol + type)),
    ).toEqual([[], ['000001.SZS'], ['000001.SZS'], ['000001.SZR']]);
    expect(gappy.limits(symbolOf('000001.SZ'), plainDay('2024-01-03'))).toEqual({ up: 9.9, down: 8.1 });
    expect(gappy.minuteBars(symbolOf('000001.SZ'), plainDay('2024-01-03'))).toEqual([]);
    const minutes = gappy.minuteBars(symbolOf('000001.SZ'), plainDay('2024-01-02'));
    expect(minutes.reduce((sum, { volume }) => sum + volume, 0)).toBe(1_234_567);
    expect(minutes.reduce((sum, { amount }) => sum + Math.round(amount * 100), 0)).toBe(1_543_209_000);
  });

  test('are none on days without trade and outside the bars', () => {
    expect(facts.suspensions(plainDay('2024-10-01'))).toEqual([]);
    expect(facts.suspensions(plainDay('2023-01-03'))).toEqual([]);
  });
});

describe('limits', () => {
  test('hold every price of a day, and there are none on the first five', () => {
    for (const { symbol, listDate } of world.tushare.instruments) {
      const born = table.days.indexOf(listDate);
      for (const [index, day] of table.days.entries()) {
        const limits = facts.limits(symbol, day);
        const isYoung = born >= 0 && index >= born && index < born + 5;
        const hasRow = rowOn(table, symbol, day) >= 0;
        expect(limits !== undefined).toBe(hasRow && !isYoung);
        if (limits === undefined || index % 7 !== 0) continue;
        expect(cellOn(symbol, day, 'high')).toBeLessThanOrEqual(limits.up);
        expect(cellOn(symbol, day, 'low')).toBeGreaterThanOrEqual(limits.down);
      }
    }
  });
});

describe('names', () => {
  test('follow each other without a gap, and say ST when the bars do', () => {
    let treated = 0;
    for (const { symbol, listDate, name } of world.tushare.instruments) {
      const names = facts.names(symbol);
      expect(names[0]!.from).toBe(listDate);
      expect(names.at(-1)!.to).toBeUndefined();
      names.slice(1).forEach(({ from, announced }, index) => {
        expect(names[index]!.to).toBe(addDays(from, -1));
        expect(announced <= from).toBe(true);
      });
      if (rowOn(table, symbol, lastDay) >= 0) expect(names.at(-1)!.name).toBe(name);
      for (const day of table.days) {
        if (rowOn(table, symbol, day) < 0) continue;
        const current = names.findLast(({ from }) => from <= day)!;
        const isTreated = cellOn(symbol, day, 'is_st') === 1;
        expect(current.name.startsWith('ST')).toBe(isTreated);
        if (isTreated) treated += 1;
      }
    }
    expect(treated).toBeGreaterThan(50);
  });

  test('take special treatment away again', () => {
    const big = generateWorld({ symbols: 1500, from: plainDay('2025-09-01'), to: plainDay('2025-09-12') });
    const reasons = big.symbols.flatMap((symbol) => big.facts.names(symbol).map(({ reason }) => reason));
    expect(new Set(reasons)).toEqual(new Set(['上市', '改名', 'ST', '摘帽']));
  });
});

test('shares grow by what is given, and the float is what turnover follows from', () => {
  for (const { symbol, index } of world.tushare.instruments) {
    for (const { bonus, transfer, carriedOut } of facts.dividends(symbol)) {
      if (carriedOut === undefined) continue;
      const [before, after] = [carriedOut.recordDay, carriedOut.exDay].map((day) =>
        facts.shares(symbol, day),
      );
      expect(after!.total / before!.total).toBeCloseTo(1 + bonus + transfer, 5);
    }
    const { total, float } = facts.shares(symbol, lastDay);
    expect(float).toBeLessThanOrEqual(total);
    const row = table.symbolStart[index + 1]! - 1;
    if (row < table.symbolStart[index]! || table.suspended[row] === 1) continue;
    const day = table.days[table.rowDay[row]!]!;
    const said = (cellOn(symbol, day, 'volume') / facts.shares(symbol, day).float) * 100;
    expect(said / cellOn(symbol, day, 'turnover_rate')).toBeCloseTo(1, 1);
    expect(factorOn(world.tushare.factors(index), day)).toBeDefined();
  }
});

test.each(['news', 'announcements'] as const)(
  '%s of a day lie within it, each under its own address',
  (kind) => {
    const ids = new Set<string>();
    for (const day of [...table.days.slice(0, 30), plainDay('2024-09-07')]) {
      const items = facts[kind](day);
      expect(items.length).toBeGreaterThan(0);
      for (const { id, at, title, url } of items) {
        expect(shanghaiDay(at)).toBe(day);
        expect(url).toMatch(/^https:\/\/\w+\.example\.com\//);
        expect(title).not.toBe('');
        expect(ids.has(id)).toBe(false);
        ids.add(id);
      }
    }
    expect(facts[kind](addDays(lastDay, 1))).toEqual([]);
  },
);

test('news come in the order of time', () => {
  const times = facts.news(firstDay).map(({ at }) => at);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});
