import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainDay, shanghaiInstant } from '../day.ts';
import { GRAINS, grainEnd, grainSpans, grainStart } from './grain.ts';

const HOUR_MS = 3_600_000;
const at = (day: string, hour = 0) => shanghaiInstant(plainDay(day), hour * 60);
const hours = fc.integer({ min: 400_000, max: 600_000 });

describe('stretches of time', () => {
  it('begin on the hour, and at midnight in Shanghai', () => {
    const noon = at('2024-02-29', 12.5);
    expect(grainStart('hour', noon)).toBe(at('2024-02-29', 12));
    expect(grainStart('day', noon)).toBe(at('2024-02-29'));
    expect(grainStart('month', noon)).toBe(at('2024-02-01'));
    expect(grainEnd('day', noon)).toBe(at('2024-03-01'));
    expect(grainEnd('month', noon)).toBe(at('2024-03-01'));
    expect(grainEnd('month', at('2024-12-31', 23))).toBe(at('2025-01-01'));
  });

  it('of a window are whole months in the middle, then days, then hours', () => {
    expect(grainSpans(at('2023-12-30', 22), at('2024-03-02', 1))).toEqual([
      { grain: 'hour', from: at('2023-12-30', 22), to: at('2023-12-31') },
      { grain: 'day', from: at('2023-12-31'), to: at('2024-01-01') },
      { grain: 'month', from: at('2024-01-01'), to: at('2024-03-01') },
      { grain: 'day', from: at('2024-03-01'), to: at('2024-03-02') },
      { grain: 'hour', from: at('2024-03-02'), to: at('2024-03-02', 1) },
    ]);
    expect(grainSpans(at('2024-01-01', 3), at('2024-01-01', 3))).toEqual([]);
  });

  it('of a window follow each other without a hole, begin where one begins, and are few', () => {
    fc.assert(
      fc.property(hours, fc.integer({ min: 1, max: 100_000 }), (first, count) => {
        const [from, to] = [first * HOUR_MS, (first + count) * HOUR_MS];
        let reached = from;
        let rows = 0;
        for (const span of grainSpans(from, to)) {
          expect(span.from).toBe(reached);
          for (let start = span.from; start < span.to; start = grainEnd(span.grain, start)) {
            expect(grainStart(span.grain, start)).toBe(start);
            rows += span.grain === 'month' ? 0 : 1;
          }
          reached = span.to;
        }
        expect(reached).toBe(to);
        expect(rows).toBeLessThanOrEqual(2 * (23 + 30));
      }),
    );
  });

  it('hold the instants from their beginning to the next one', () => {
    fc.assert(
      fc.property(fc.constantFrom(...GRAINS), hours, fc.nat(HOUR_MS), (grain, hour, ms) => {
        const instant = hour * HOUR_MS + ms;
        expect(grainStart(grain, instant)).toBeLessThanOrEqual(instant);
        expect(grainEnd(grain, instant)).toBeGreaterThan(instant);
        expect(grainStart(grain, grainEnd(grain, instant) - 1)).toBe(grainStart(grain, instant));
      }),
    );
  });
});
