import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, plainDay, type PlainDay } from '../day.ts';
import { adjustedPrice, adjuster, factorOn, toCents, type FactorPoint } from './factors.ts';

const FIRST = plainDay('2024-01-02');
const day = (at: number): PlainDay => addDays(FIRST, at);

/** Factors that only grow, on some of the days. */
const series = fc
  .uniqueArray(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 30 })
  .chain((places) =>
    fc
      .array(fc.integer({ min: 1000, max: 2000 }), { minLength: places.length, maxLength: places.length })
      .map((steps): readonly FactorPoint[] => {
        let factor = 1;
        return places
          .toSorted((a, b) => a - b)
          .map((place, at) => ({
            day: day(place),
            factor: (factor = (factor * (steps[at] as number)) / 1000),
          }));
      }),
  );
const cents = fc.integer({ min: 1, max: 300_000 }).map((each) => each / 100);

describe('the factor on a day', () => {
  test('is the last one up to that day, and none before the first', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: -5, max: 210 }), (points, at) => {
        const earlier = points.filter((point) => point.day <= day(at));
        expect(factorOn(points, day(at))).toBe(earlier.at(-1)?.factor);
      }),
    );
  });
});

describe('adjusted prices', () => {
  test('of the last day are the raw ones for qfq, and those of hfq are raw * F', () => {
    fc.assert(
      fc.property(series, cents, (points, price) => {
        const last = points.at(-1) as FactorPoint;
        const qfq = adjuster(points, 'qfq')(last.day);
        const hfq = adjuster(points, 'hfq')(last.day);
        expect(qfq && adjustedPrice(price, qfq)).toBe(price);
        expect(hfq && adjustedPrice(price, hfq)).toBe(toCents(price * last.factor));
      }),
    );
  });

  test('of two days are in the same ratio for qfq and hfq, but for the rounding', () => {
    fc.assert(
      fc.property(series, cents, fc.integer({ min: 0, max: 200 }), (points, price, at) => {
        const [qfq, hfq] = (['qfq', 'hfq'] as const).map((adjust) => adjuster(points, adjust)(day(at)));
        expect(qfq === undefined).toBe(hfq === undefined);
        if (qfq === undefined || hfq === undefined) return;
        const base = points.at(-1)?.factor as number;
        const difference = adjustedPrice(price, hfq) / base - adjustedPrice(price, qfq);
        expect(Math.abs(difference)).toBeLessThanOrEqual(0.005 + 0.005 / base + 1e-9);
      }),
    );
  });

  test('do not care which base the factors of a source have, for qfq', () => {
    fc.assert(
      fc.property(series, cents, fc.constantFrom(2, 4, 0.5), (points, price, times) => {
        const other = points.map((point) => ({ ...point, factor: point.factor * times }));
        const [one, two] = [points, other].map((each) => adjuster(each, 'qfq')(points[0]?.day as PlainDay));
        expect(one && adjustedPrice(price, one)).toBe(two && adjustedPrice(price, two));
      }),
    );
  });

  test('do not exist without a factor', () => {
    expect(adjuster([], 'hfq')(FIRST)).toBeUndefined();
    expect(adjuster([{ day: day(1), factor: 2 }], 'qfq')(FIRST)).toBeUndefined();
  });
});

describe('cents', () => {
  test.each([
    [0.125, 0.12],
    [0.375, 0.38],
    [0.625, 0.62],
    [0.875, 0.88],
    [1.005, 1],
    [1.015, 1.01],
    [2.675, 2.67],
    [10.675, 10.68],
    [7.035, 7.04],
    [1050.125, 1050.12],
    [0, 0],
  ])('of %d are %d, as Python formats it', (value, wanted) => expect(toCents(value)).toBe(wanted));

  test('are those of the exact decimals of the double', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (value) => {
        if (Number.isInteger(value * 8)) return;
        expect(toCents(value)).toBe(Number(value.toFixed(2)));
      }),
    );
  });
});
