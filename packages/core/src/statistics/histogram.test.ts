import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketOf,
  countOf,
  histogramOf,
  mergeHistograms,
  QUANTILE_ERROR,
  quantileOf,
  valueOf,
} from './histogram.ts';

/** Durations of all orders of magnitude, in milliseconds: from none at all to a year. */
const duration = fc.oneof(
  fc.constantFrom(0, 0.5, 1, 2, 1000),
  fc.integer({ min: 0, max: 100 }),
  fc.double({ min: 0, max: 24.2, noNaN: true }).map(Math.exp),
);

/** Nearest rank, by sorting all values. */
function exactQuantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? Number.NaN;
}

describe('a histogram', () => {
  it('gives quantiles that are off by no more than the stated part', () => {
    const shares = fc.constantFrom(0, 0.01, 0.5, 0.9, 0.95, 0.99, 1);
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 200 }), shares, (values, share) => {
        const exact = exactQuantile(values, share);
        const found = quantileOf(histogramOf(values), share) ?? Number.NaN;
        if (exact < 1) expect(found).toBe(0);
        else expect(Math.abs(found - exact) / exact).toBeLessThanOrEqual(QUANTILE_ERROR + 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  it('of two crowds is the sum of theirs, however they are put together', () => {
    const crowd = fc.array(duration, { maxLength: 60 });
    fc.assert(
      fc.property(crowd, crowd, crowd, (a, b, c) => {
        const [x, y, z] = [a, b, c].map(histogramOf) as [number[], number[], number[]];
        const all = histogramOf([...a, ...b, ...c]);
        expect(mergeHistograms(mergeHistograms(x, y), z)).toEqual(all);
        expect(mergeHistograms(x, mergeHistograms(y, z))).toEqual(all);
        expect(countOf(all)).toBe(a.length + b.length + c.length);
      }),
    );
  });

  it('stays small, whatever it is given', () => {
    for (const value of [Number.MAX_VALUE, Infinity, 1e15]) expect(histogramOf([value])).toHaveLength(301);
    for (const value of [-5, Number.NaN, -Infinity]) expect(bucketOf(value)).toBe(0);
  });

  it('has buckets that grow with the value, each standing for one of its own', () => {
    for (let bucket = 2; bucket < 300; bucket++) expect(bucketOf(valueOf(bucket))).toBe(bucket);
  });

  it('without values has no quantile', () => {
    expect(quantileOf([], 0.5)).toBeNull();
    expect(quantileOf([0, 0], 0.5)).toBeNull();
  });
});
