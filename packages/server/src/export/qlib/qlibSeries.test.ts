import { addDays, plainDay, type DayBar, type FactorPoint } from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binOf, qlibName, qlibSeries } from './qlibSeries.ts';

const FIRST = plainDay('2024-01-01');
const DAYS = Array.from({ length: 60 }, (_, at) => addDays(FIRST, at));
const PLACES = new Map<string, number>(DAYS.map((day, place) => [day, place]));

const anySeries = fc
  .record({
    places: fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 60 }),
    prices: fc.array(fc.integer({ min: 100, max: 9000 }), { minLength: 60, maxLength: 60 }),
    steps: fc.array(fc.integer({ min: 0, max: 59 }), { maxLength: 5 }),
  })
  .map(({ places, prices, steps }) => ({
    bars: places.toSorted((a, b) => a - b).map((place) => barOn(place, (prices[place] as number) / 100)),
    points: steps
      .toSorted((a, b) => a - b)
      .map((place, at): FactorPoint => ({ day: DAYS[place]!, factor: 1.5 ** (at + 1) })),
  }));

function barOn(place: number, price: number): DayBar {
  const prices = { open: price, high: price + 1, low: price - 0.5, close: price + 0.5, preClose: price };
  return { symbol: '600000.SH', day: DAYS[place]!, ...prices, volume: 12_345, amount: 1, change: 0 };
}

describe('the bars of a symbol over the calendar', () => {
  it('begin with a close of 1, and give the raw prices and volumes back by the factor', () => {
    fc.assert(
      fc.property(anySeries, ({ bars, points }) => {
        const series = qlibSeries(bars, points, PLACES)!;
        expect(series.fields.close[0]).toBeCloseTo(1, 6);
        for (const bar of bars) {
          const at = PLACES.get(bar.day)! - series.start;
          const factor = series.fields.factor[at]!;
          expect(series.fields.open[at]! / factor / bar.open!).toBeCloseTo(1, 5);
          expect((series.fields.volume[at]! * factor) / bar.volume).toBeCloseTo(1, 5);
        }
      }),
    );
  });

  it('have a value for every day from the first bar to the last, NaN where none was traded', () => {
    fc.assert(
      fc.property(anySeries, ({ bars, points }) => {
        const { start, end, fields } = qlibSeries(bars, points, PLACES)!;
        expect([DAYS[start], DAYS[end]]).toEqual([bars[0]!.day, bars.at(-1)!.day]);
        for (const values of Object.values(fields)) {
          expect(values).toHaveLength(end - start + 1);
          expect(values.filter((value) => !Number.isNaN(value))).toHaveLength(bars.length);
        }
      }),
    );
  });

  it('are none where the calendar has none of their days', () => {
    expect(qlibSeries([{ ...barOn(0, 10), day: plainDay('2030-01-01') }], [], PLACES)).toBeUndefined();
  });
});

it('writes little-endian floats behind the place of the first', () => {
  expect(Buffer.from(binOf(3, new Float32Array([1, Number.NaN]))).toString('hex')).toBe(
    '000040400000803f0000c07f',
  );
  expect(qlibName('600000.SH')).toBe('SH600000');
});
