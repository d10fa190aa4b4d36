import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysLeft, growthOf, type Measured } from './growth.ts';

function line(days: number, start: number, perDay: number, noise: (day: number) => number = () => 0) {
  return Array.from({ length: days }, (_, day): Measured => ({
    day,
    value: start + perDay * day + noise(day),
  }));
}

describe('growth by the day', () => {
  it('of what lies on a line is the slope of the line, without doubt', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 400 }),
        fc.integer({ min: -1e6, max: 1e6 }),
        fc.integer(),
        (days, perDay, start) => {
          const growth = growthOf(line(days, start, perDay));
          for (const found of [growth?.perDay, growth?.low, growth?.high])
            expect(Math.abs((found ?? Number.NaN) - perDay)).toBeLessThan(
              1e-3 * Math.max(1, Math.abs(perDay)),
            );
        },
      ),
    );
  });

  it('has bounds that hold the true one nearly always, and grow narrower with more days', () => {
    const noise = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 90, maxLength: 90 });
    const samples = fc.sample(noise, { numRuns: 300, seed: 7 });
    const found = samples.map((errors) => growthOf(line(90, 1000, 10, (day) => errors[day] ?? 0)));
    const held = found.filter((one) => one !== undefined && one.low <= 10 && one.high >= 10);
    expect(held.length).toBeGreaterThan(270);
    const width = (days: number) => {
      const growth = growthOf(line(days, 0, 10, (day) => (day % 2 === 0 ? 50 : -50)));
      return (growth?.high ?? Number.NaN) - (growth?.low ?? Number.NaN);
    };
    expect(width(10)).toBeGreaterThan(width(30));
    expect(width(30)).toBeGreaterThan(width(90));
  });

  it('cannot be told from two days, or from three samples of one', () => {
    expect(growthOf([])).toBeUndefined();
    expect(growthOf(line(2, 0, 5))).toBeUndefined();
    expect(growthOf([0.1, 0.2, 0.3].map((day) => ({ day, value: day })))).toBeUndefined();
    expect(growthOf(line(3, 0, 5))?.perDay).toBe(5);
  });
});

describe('what is free', () => {
  it('lasts as long as the growth says, and between the bounds', () => {
    expect(daysLeft(100, { perDay: 10, low: 5, high: 20 })).toEqual({ expected: 10, soonest: 5, latest: 20 });
  });

  it('lasts for ever where nothing grows', () => {
    expect(daysLeft(100, { perDay: -1, low: -2, high: 0 })).toEqual({
      expected: null,
      soonest: null,
      latest: null,
    });
    expect(daysLeft(100, { perDay: 1, low: -1, high: 2 })).toEqual({
      expected: 100,
      soonest: 50,
      latest: null,
    });
  });

  it('is at its end where there is none', () => {
    expect(daysLeft(-5, { perDay: 1, low: 1, high: 1 }).expected).toBe(0);
  });
});
