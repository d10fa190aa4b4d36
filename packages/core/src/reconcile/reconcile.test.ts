import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { DATASETS, keyColumns } from '../dataset/catalogue.ts';
import type { Row } from '../dataset/dataset.ts';
import { plainDay } from '../day.ts';
import { SOURCES } from '../source/source.ts';
import { classify, powerOfTen, type Disagreement } from './classify.ts';
import { compareCell, WHOLE_ROW, type CellQuestion } from './compareCell.ts';
import { seededSample } from './sample.ts';
import { mismatchRate, tallyOf } from './tally.ts';
import { agrees, RECONCILED_IDS, toleranceOf, type SourcePair, type Tolerance } from './tolerance.ts';

const DAY = plainDay('2024-01-09');
const BEFORE = plainDay('2024-01-08');
const PAIR: SourcePair = ['tushare', 'baostock'];
const COLUMNS = ['open', 'high', 'low', 'close', 'pre_close', 'volume', 'amount', 'pct_chg'];

const cents = (value: number): number => Math.round(value * 100) / 100;

/** A traded day: four different prices of at least two yuan. */
const bars: fc.Arbitrary<Row> = fc
  .record({
    low: fc.integer({ min: 200, max: 50_000 }),
    steps: fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 5, max: 200 }))),
    volume: fc.integer({ min: 101, max: 1_000_000_000 }),
  })
  .map(({ low, steps: [a, b, c], volume }): Row => {
    const [open, close, high] = [low + a!, low + a! + b!, low + a! + b! + c!];
    return {
      symbol: '600000.SH',
      trade_date: DAY,
      open: open / 100,
      high: high / 100,
      low: low / 100,
      close: close / 100,
      pre_close: open / 100,
      volume,
      amount: volume * (close / 100),
      pct_chg: cents((close / open - 1) * 100),
    };
  });

function questionOf(ours: Row, theirs: Row | undefined, rest: Partial<CellQuestion> = {}): CellQuestion {
  return {
    dataset: 'daily_bars',
    pair: PAIR,
    columns: COLUMNS,
    day: DAY,
    before: BEFORE,
    ours: new Map([[DAY, ours]]),
    theirs: new Map(theirs === undefined ? [] : [[DAY, theirs]]),
    former: [],
    isFresh: false,
    ...rest,
  };
}

const kindsOf = (question: CellQuestion) =>
  Object.fromEntries(compareCell(question).mismatches.map(({ column, kind }) => [column, kind]));

describe('tolerances', () => {
  test('are declared for every column that is compared, whatever the sources', () => {
    for (const dataset of RECONCILED_IDS) {
      const { owner, day } = keyColumns(dataset);
      for (const { name } of DATASETS[dataset].columns) {
        if (name === owner || name === day) continue;
        for (const other of SOURCES)
          expect([dataset, name, toleranceOf(dataset, name, ['tushare', other])]).not.toContain(undefined);
      }
    }
  });

  test('do not depend on which of two sources is asked', () => {
    for (const dataset of RECONCILED_IDS) {
      for (const { name } of DATASETS[dataset].columns) {
        expect(toleranceOf(dataset, name, ['tushare', 'akshare'])).toEqual(
          toleranceOf(dataset, name, ['akshare', 'tushare']),
        );
      }
    }
  });

  const tolerances: fc.Arbitrary<Tolerance> = fc.constantFrom(
    { kind: 'rounded', decimals: 2 },
    { kind: 'within', absolute: 100, relative: 0 },
    { kind: 'within', absolute: 5.5, relative: 1e-4 },
    { kind: 'ratio', relative: 1e-4 },
    { kind: 'same' },
  );
  const values = fc.double({ min: -1e9, max: 1e9, noNaN: true });

  test('hold for equal values, and for two values in both directions', () => {
    fc.assert(
      fc.property(values, values, tolerances, (a, b, tolerance) => {
        expect(agrees(a, a, tolerance)).toBe(true);
        expect(agrees(a, b, tolerance)).toBe(agrees(b, a, tolerance));
      }),
    );
  });

  test.each([
    ['daily_bars', 'close', PAIR, 10.004, 10, true],
    ['daily_bars', 'close', PAIR, 10.01, 10, false],
    ['daily_bars', 'close', PAIR, 1.005, 1.01, true],
    ['daily_bars', 'volume', PAIR, 1001, 1000, false],
    ['daily_bars', 'volume', ['akshare', 'baostock'], 1099, 1000, true],
    ['daily_bars', 'volume', ['akshare', 'baostock'], 1101, 1000, false],
    ['daily_bars', 'amount', PAIR, 10_005.4, 10_000, true],
    ['daily_bars', 'amount', ['akshare', 'baostock'], 10_005.4, 10_000, false],
    ['daily_bars', 'amount', PAIR, 100_009_000, 100_000_000, true],
    ['daily_bars', 'amount', PAIR, 100_011_000, 100_000_000, false],
    ['weekly_bars', 'volume', ['akshare', 'baostock'], 1500, 1000, true],
    ['daily_basics', 'is_st', PAIR, true, false, false],
  ] as const)('say of %s.%s of %j that %d and %d agree: %s', (dataset, column, pair, a, b, isSame) => {
    expect(agrees(a, b, toleranceOf(dataset, column, pair)!)).toBe(isSame);
  });
});

describe('a cell', () => {
  it('that both have alike has no mismatch, and every column was compared', () => {
    fc.assert(
      fc.property(bars, (row) => {
        expect(compareCell(questionOf(row, row))).toEqual({
          compared: [WHOLE_ROW, ...COLUMNS],
          mismatches: [],
        });
      }),
    );
  });

  it('in another unit differs by a power of ten, in that column alone', () => {
    fc.assert(
      fc.property(
        bars,
        fc.constantFrom(-4, -3, -2, 2, 3, 4),
        fc.constantFrom('volume', 'amount'),
        (row, power, column) => {
          const theirs = { ...row, [column]: Number(row[column]) * 10 ** power };
          expect(kindsOf(questionOf(row, theirs))).toEqual({ [column]: 'unit' });
        },
      ),
    );
  });

  it('whose prices are adjusted by a factor or by cash differs by adjustment', () => {
    const factors = fc
      .double({ min: 0.3, max: 0.97, noNaN: true })
      .filter((factor) => Math.abs(factor - 0.1) > 0.01);
    const shifts = fc.oneof(
      factors.map((factor) => (price: number) => cents(price * factor)),
      fc.integer({ min: 5, max: 150 }).map((cash) => (price: number) => cents(price - cash / 100)),
    );
    fc.assert(
      fc.property(bars, shifts, (row, shift) => {
        const prices = ['open', 'high', 'low', 'close', 'pre_close'].map((name) => [
          name,
          shift(Number(row[name])),
        ]);
        const kinds = kindsOf(questionOf(row, { ...row, ...Object.fromEntries(prices) }));
        for (const price of ['open', 'high', 'low', 'close']) expect(kinds[price]).toBe('adjustment');
        expect(Object.values(kinds)).not.toContain('real');
        expect(kinds['volume']).toBeUndefined();
      }),
    );
  });

  it('with one price off for no reason really differs', () => {
    fc.assert(
      fc.property(
        bars,
        fc.constantFrom('open', 'high', 'low', 'close'),
        fc.integer({ min: 2, max: 90 }),
        (row, price, off) => {
          const theirs = { ...row, [price]: cents(Number(row[price]) * (1 + off / 100) + 0.01) };
          expect(kindsOf(questionOf(row, theirs))).toEqual({ [price]: 'real' });
        },
      ),
    );
  });

  it('that they have as we had it before a correction is late', () => {
    fc.assert(
      fc.property(bars, bars, (was, now) => {
        const kinds = kindsOf(questionOf(now, was, { former: [was] }));
        for (const [column, kind] of Object.entries(kinds)) {
          const power = powerOfTen(now[column], was[column]);
          expect(kind).toBe(power === undefined ? 'late' : 'unit');
        }
      }),
    );
  });

  it('on an ex-date with a reference price that one side did not adjust differs by adjustment', () => {
    const ours = { open: 9, high: 9.3, low: 8.9, close: 9.1, pre_close: 9.05, volume: 1, pct_chg: 0.5525 };
    const theirs = { ...ours, pre_close: 10, pct_chg: -9 };
    const withBefore = (row: Row) => ({
      ours: new Map<typeof DAY, Row>([
        [BEFORE, { close: 10 }],
        [DAY, row],
      ]),
    });
    const before = withBefore(ours);
    expect(kindsOf(questionOf(ours, theirs, before))).toEqual({
      pre_close: 'adjustment',
      pct_chg: 'adjustment',
    });
    expect(kindsOf(questionOf(theirs, ours, withBefore(theirs)))).toEqual({
      pre_close: 'adjustment',
      pct_chg: 'adjustment',
    });
    expect(kindsOf(questionOf(ours, { ...ours, pre_close: 9.5 }, before))).toEqual({ pre_close: 'real' });
  });

  it('with one price all day says nothing of an adjustment', () => {
    const flat = { open: 10, high: 10, low: 10, close: 10 };
    const theirs = { open: 9, high: 9, low: 9, close: 9 };
    expect(new Set(Object.values(kindsOf(questionOf(flat, theirs))))).toEqual(new Set(['real']));
  });

  it('that they do not have is late while it is fresh, and really missing later', () => {
    const row = { close: 10 };
    expect(kindsOf(questionOf(row, undefined, { isFresh: true }))).toEqual({ [WHOLE_ROW]: 'late' });
    expect(kindsOf(questionOf(row, undefined))).toEqual({ [WHOLE_ROW]: 'real' });
  });

  it('is not compared in what one side leaves empty', () => {
    expect(compareCell(questionOf({ open: 1, close: null }, { close: 2 }))).toEqual({
      compared: [WHOLE_ROW],
      mismatches: [],
    });
  });
});

describe('factors', () => {
  const factor = (before: number, after: number): ReadonlyMap<typeof DAY, Row> =>
    new Map([
      [BEFORE, { adj_factor: before }],
      [DAY, { adj_factor: after }],
    ]);
  const compare = (
    ours: ReadonlyMap<typeof DAY, Row>,
    theirs: ReadonlyMap<typeof DAY, Row>,
    isFresh = false,
  ) =>
    kindsOf(questionOf({}, {}, { dataset: 'adj_factors', columns: ['adj_factor'], ours, theirs, isFresh }));

  it('agree whatever base each counts from', () => {
    const numbers = fc.double({ min: 0.01, max: 1000, noNaN: true });
    fc.assert(
      fc.property(numbers, numbers, numbers, (base, other, step) => {
        expect(compare(factor(base, base * step), factor(other, other * step))).toEqual({});
      }),
    );
  });

  it('that only one side changes differ by adjustment, or are late while the day is fresh', () => {
    expect(compare(factor(1, 1.02), factor(5, 5))).toEqual({ adj_factor: 'adjustment' });
    expect(compare(factor(1, 1), factor(5, 5.1), true)).toEqual({ adj_factor: 'late' });
    expect(compare(factor(1, 1.02), factor(1, 1.05))).toEqual({ adj_factor: 'real' });
  });

  it('are not compared where there is no other day to set them against', () => {
    expect(compare(new Map([[DAY, { adj_factor: 1 }]]), factor(1, 2))).toEqual({});
  });
});

describe('the power of ten between two values', () => {
  test.each([
    [1200, 12, -2],
    [12, 12_050, 3],
    [12, 13_000, undefined],
    [12, 12, undefined],
    [0, 12, undefined],
    [-1, 100, undefined],
    ['1', 100, undefined],
  ])('from %j to %j is %j', (a, b, power) => {
    expect(powerOfTen(a, b)).toBe(power);
  });

  it('goes before every other reason', () => {
    const cell: Disagreement = {
      ours: { volume: 100 },
      theirs: { volume: 10_000 },
      columns: ['volume'],
      oursBefore: undefined,
      theirsBefore: undefined,
      former: [{ volume: 10_000 }],
    };
    expect(classify('volume', cell, { kind: 'same' }).kind).toBe('unit');
  });
});

describe('a seeded sample', () => {
  const things = fc.uniqueArray(fc.integer(), { maxLength: 60 });
  const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

  it('has that many things, each once, in their order, and the same ones again', () => {
    fc.assert(
      fc.property(things, fc.integer({ min: 0, max: 70 }), seeds, (all, size, seed) => {
        const sample = seededSample(all, size, seed);
        expect(sample).toHaveLength(Math.min(size, all.length));
        expect(sample).toEqual(all.filter((thing) => sample.includes(thing)));
        expect(seededSample(all, size, seed)).toEqual(sample);
      }),
    );
  });

  it('favours none of them', () => {
    const all = Array.from({ length: 20 }, (_, i) => i);
    const drawn = all.map(() => 0);
    for (let seed = 0; seed < 4000; seed++) for (const thing of seededSample(all, 5, seed)) drawn[thing]!++;
    for (const times of drawn) expect(times / 4000).toBeCloseTo(0.25, 1);
  });
});

describe('a tally', () => {
  it('counts every comparison once, by pair and column', () => {
    const row = { open: 10, high: 11, low: 9, close: 10.5, volume: 100 };
    const comparisons = [row, { ...row, volume: 1 }, { ...row, close: 10.6 }].map((theirs) => ({
      ours: 'tushare' as const,
      theirs: 'baostock' as const,
      comparison: compareCell(questionOf(row, theirs)),
    }));
    const tallies = tallyOf(comparisons);
    expect(tallies.map(({ field }) => field)).toEqual([WHOLE_ROW, 'open', 'high', 'low', 'close', 'volume']);
    expect(tallies.find(({ field }) => field === 'volume')).toMatchObject({ compared: 3, unit: 1, real: 0 });
    expect(mismatchRate(tallies.find(({ field }) => field === 'close')!)).toBeCloseTo(1 / 3);
    expect(mismatchRate({ compared: 0, unit: 0, adjustment: 0, late: 0, real: 0 })).toBe(0);
  });
});
