import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cellOf,
  dayPairs,
  dayRows,
  eachDay,
  listings,
  ranges,
  WORLD_FIRST,
  worlds,
} from '../../test/arbitraries.ts';
import { builtinCalendar } from '../calendar/builtin.ts';
import { Bitmap } from '../coverage/bitmap.ts';
import { isExpected, type Listing } from '../coverage/expected.ts';
import { findGaps, type DayGap } from '../coverage/gaps.ts';
import { addDays, plainDay } from '../day.ts';
import type { CallShape, Capability } from '../source/source.ts';
import { exchangeOf, symbolOf } from '../symbol/symbol.ts';
import { planItems, planWhole } from './planItems.ts';
import type { Plan, PlanInput } from './plan.ts';

const calendar = builtinCalendar();
const ALL_EXCHANGES = ['XSHG', 'XSHE', 'XBSE'];

const capability = (
  shapes: readonly CallShape[],
  pageRows = 6000,
  more: Partial<Capability> = {},
): Capability => ({
  dataset: 'daily_bars',
  shapes,
  pageRows,
  columns: [],
  byproducts: [],
  api: 'daily',
  exchanges: ALL_EXCHANGES,
  ...more,
});

const inputs: fc.Arbitrary<PlanInput> = fc
  .record({
    world: worlds,
    all: listings,
    span: dayPairs,
    covered: ranges,
    rows: dayRows,
    shapes: fc.subarray(['day', 'symbol', 'all'] as const),
    pageRows: fc.integer({ min: 1, max: 12 }),
    exchanges: fc.subarray(ALL_EXCHANGES),
    firstDay: fc.option(
      fc.nat({ max: 30 }).map((offset) => addDays(WORLD_FIRST, offset)),
      { nil: undefined },
    ),
  })
  .map(({ world, all, span, covered, rows, shapes, pageRows, exchanges, firstDay }) => ({
    dataset: 'daily_bars',
    calendar: world.calendar,
    listings: all,
    capability: capability(shapes, pageRows, { exchanges, ...(firstDay === undefined ? {} : { firstDay }) }),
    gaps: findGaps({
      calendar: world.calendar,
      listings: all,
      ...span,
      coverage: { ranges: covered, days: rows, exceptions: [] },
    }),
  }));

describe('a plan', () => {
  test('fills every gap that the source serves once, and leaves the others', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const plan = planItems(input);
        const filled = cellsOfPlan(plan, input);
        const left = cellsOfGaps(plan.unserved);
        expect([...filled, ...left].sort()).toEqual(cellsOfGaps(input.gaps.days));
        expect(plan.cells).toBe(filled.length);
        expect(plan.unservedCells).toBe(left.length);
        expect(left.filter((cell) => isServed(cell, input))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  test('takes no more calls than one shape alone would', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const plan = planItems(input);
        expect(plan.calls).toBe(plan.items.reduce((calls, item) => calls + item.calls, 0));
        for (const calls of callsOfSingleShapes(input)) expect(plan.calls).toBeLessThanOrEqual(calls);
      }),
      { numRuns: 400 },
    );
  });

  test('asks about a symbol for no more days than a page has rows, from a gap to a gap', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const gaps = new Set(cellsOfGaps(input.gaps.days));
        for (const item of planItems(input).items) {
          if (item.shape !== 'symbol') continue;
          const length = input.calendar.tradingDays(item.from, item.to).length;
          expect(length).toBeLessThanOrEqual(input.capability.pageRows);
          expect(gaps.has(cellOf(item.instrumentId, item.from))).toBe(true);
          expect(gaps.has(cellOf(item.instrumentId, item.to))).toBe(true);
        }
      }),
    );
  });

  test('has days ascending before symbols ascending', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const keys = planItems(input).items.map((item) => {
          if (item.shape === 'symbol') return `2 ${item.symbol} ${item.from}`;
          return item.shape === 'day' ? `1 ${item.day}` : '0';
        });
        expect(keys).toEqual(keys.toSorted());
      }),
    );
  });

  test('is empty where nothing is missing or nothing can be served', () => {
    const gaps = gapDays(['2024-01-02', 1, 2]);
    const input = { dataset: 'daily_bars', calendar, listings: [stock(1), stock(2)] } as const;
    expect(planItems({ ...input, capability: capability(['day']), gaps: { days: [] } })).toMatchObject({
      shape: null,
      items: [],
      calls: 0,
      cells: 0,
      unservedCells: 0,
    });
    expect(planItems({ ...input, capability: capability([]), gaps: { days: gaps } })).toMatchObject({
      shape: null,
      items: [],
      unserved: gaps,
      unservedCells: 2,
    });
  });
});

describe('the cheapest shape', () => {
  const market = Array.from({ length: 300 }, (_, i) => stock(i + 1));
  const everyone = market.map(({ instrumentId }) => instrumentId);
  const tushare = capability(['day', 'symbol']);
  const plan = (days: readonly DayGap[], more: Partial<PlanInput> = {}): Plan =>
    planItems({
      dataset: 'daily_bars',
      calendar,
      listings: market,
      capability: tushare,
      gaps: { days },
      ...more,
    });

  test('is by day for a few days of everybody', () => {
    const days = gapDays(['2024-01-02', ...everyone], ['2024-01-03', ...everyone]);
    expect(plan(days)).toMatchObject({ shape: 'day', calls: 2, cells: 600 });
  });

  test('is by symbol for many days of a few', () => {
    const year = calendar.tradingDays(plainDay('2024-01-01'), plainDay('2024-12-31'));
    const result = plan(year.map((day) => ({ day, missing: Bitmap.of([7, 8]) })));
    expect(result).toMatchObject({ shape: 'symbol', calls: 2, cells: 2 * 242 });
    expect(result.items[0]).toMatchObject({
      symbol: '600007.SH',
      from: '2024-01-02',
      to: '2024-12-31',
      cells: 242,
    });
  });

  test('is both for a newcomer with a past beside a day that everybody lacks', () => {
    const year = calendar.tradingDays(plainDay('2024-01-01'), plainDay('2024-12-31'));
    const days = year.map((day) => ({ day, missing: Bitmap.of(day === '2024-12-31' ? everyone : [9]) }));
    const result = plan(days);
    expect(result.items.map((item) => item.shape)).toEqual(['day', 'symbol']);
    expect(result).toMatchObject({ calls: 2, cells: 241 + 300 });
  });

  test('is by symbol for one cell: as many calls, fewer rows', () => {
    expect(plan(gapDays(['2024-01-02', 5])).items).toEqual([
      {
        shape: 'symbol',
        instrumentId: 5,
        symbol: '600005.SH',
        from: '2024-01-02',
        to: '2024-01-02',
        cells: 1,
        calls: 1,
      },
    ]);
  });

  test('counts the pages of a day by the listings of the exchanges served, or by what was seen', () => {
    const days = gapDays(['2024-01-02', ...everyone]);
    expect(plan(days, { capability: capability(['day'], 100) }).calls).toBe(3);
    expect(plan(days, { capability: capability(['day'], 100), marketSize: 450 }).calls).toBe(5);
    const listings = [...market, { ...stock(900), symbol: symbolOf('920001.BJ') }];
    expect(
      plan(days, { listings, capability: capability(['day'], 300, { exchanges: ['XSHG'] }) }).calls,
    ).toBe(1);
    expect(plan(days, { listings, capability: capability(['day'], 300) }).calls).toBe(2);
  });

  test('splits a long range of one symbol into pages, and skips holes that need no call', () => {
    const year = calendar.tradingDays(plainDay('2024-01-01'), plainDay('2024-12-31'));
    const days = year.filter((_, i) => i < 10 || i > 200).map((day) => ({ day, missing: Bitmap.of([3]) }));
    const { items, calls } = plan(days, { capability: capability(['symbol'], 30) });
    expect(calls).toBe(3);
    expect(items.map((item) => item.cells)).toEqual([10, 30, 11]);
  });
});

describe('a table that is asked for whole', () => {
  const day = plainDay('2024-01-02');
  const question = { dataset: 'stock_basics', from: day, to: day, rows: 5485 } as const;

  test('is one item with its pages', () => {
    const plan = planWhole({ ...question, capability: capability(['all'], 2000) });
    expect(plan).toMatchObject({
      shape: 'all',
      calls: 3,
      items: [{ shape: 'all', from: day, to: day, calls: 3 }],
    });
    expect(planWhole({ ...question, rows: 0, capability: capability(['all']) }).calls).toBe(1);
  });

  test('is no item where the source has no such call', () => {
    expect(planWhole({ ...question, capability: capability(['day']) })).toMatchObject({
      shape: null,
      items: [],
      calls: 0,
    });
  });
});

function stock(instrumentId: number): Listing {
  const symbol = symbolOf(`${600_000 + instrumentId}.SH`);
  return { instrumentId, symbol, listDate: plainDay('2020-01-02'), delistDate: null };
}

function gapDays(...days: readonly (readonly [string, ...number[]])[]): DayGap[] {
  return days.map(([day, ...ids]) => ({ day: plainDay(day), missing: Bitmap.of(ids) }));
}

function cellsOfGaps(days: readonly DayGap[]): string[] {
  return days.flatMap(({ day, missing }) => [...missing.values()].map((id) => cellOf(id, day))).sort();
}

/** Gap cells that the items fill, each as often as it is filled. */
function cellsOfPlan(plan: Plan, { gaps }: PlanInput): string[] {
  return plan.items.flatMap((item) => {
    if (item.shape === 'day') return [...item.members.values()].map((id) => cellOf(id, item.day));
    const inRange = gaps.days.filter(({ day }) => item.from <= day && day <= item.to);
    const taken = new Set(cellsOfGaps(plan.unserved));
    const byDay = plan.items.flatMap((other) => (other.shape === 'day' ? [other.day] : []));
    const cells = cellsOfGaps(inRange.filter(({ day }) => !byDay.includes(day))).filter(
      (cell) => !taken.has(cell),
    );
    return item.shape === 'all' ? cells : cells.filter((cell) => cell.startsWith(`${item.instrumentId}@`));
  });
}

function isServed(cell: string, { capability: can, listings: all }: PlanInput): boolean {
  const [id, day] = cell.split('@') as [string, string];
  const listing = all.find(({ instrumentId }) => instrumentId === Number(id))!;
  const inTime = can.firstDay === undefined || day >= can.firstDay;
  return can.shapes.length > 0 && inTime && can.exchanges.includes(exchangeOf(listing.symbol));
}

/** Calls of the plan by day and of the plan by symbol, where the source has them, worked out one by one. */
function callsOfSingleShapes(input: PlanInput): number[] {
  const { capability: can, listings: all } = input;
  const served = cellsOfGaps(input.gaps.days).filter((cell) => isServed(cell, input));
  const results: number[] = [];
  if (can.shapes.includes('day')) {
    const days = new Set(served.map((cell) => plainDay(cell.split('@')[1]!)));
    const rowsOf = (day: string): number =>
      all.filter(
        (listing) =>
          can.exchanges.includes(exchangeOf(listing.symbol)) &&
          isExpected(input.calendar, listing, plainDay(day)),
      ).length;
    results.push([...days].reduce((calls, day) => calls + Math.ceil(rowsOf(day) / can.pageRows), 0));
  }
  if (can.shapes.includes('symbol')) {
    const ids = new Set(served.map((cell) => cell.split('@')[0]!));
    const callsOf = (id: string): number => {
      const days = served
        .filter((cell) => cell.startsWith(`${id}@`))
        .map((cell) => plainDay(cell.split('@')[1]!))
        .sort();
      const length = eachDay(days[0]!, days.at(-1)!).filter((day) => input.calendar.isOpen(day)).length;
      return Math.ceil(length / can.pageRows);
    };
    results.push([...ids].reduce((calls, id) => calls + callsOf(id), 0));
  }
  return results;
}
