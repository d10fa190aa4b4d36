import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayPairs, dayRows, exceptions, listings, ranges, worlds } from '../../test/arbitraries.ts';
import { countExpected } from './expected.ts';
import { findGaps } from './gaps.ts';
import { summariseCoverage, type CellCounts, type SummaryInput } from './summary.ts';

const inputs: fc.Arbitrary<SummaryInput> = fc
  .tuple(worlds, listings, dayPairs, ranges, dayRows, exceptions, fc.array(dayPairs, { maxLength: 4 }))
  .map(([{ calendar }, all, { from, to }, covered, days, known, spans]) => ({
    calendar,
    listings: all,
    from,
    to,
    coverage: { ranges: covered, days, exceptions: known },
    spans,
  }));

const sumOf = ({ covered, suspended, absent, accepted, gaps }: CellCounts): number =>
  covered + suspended + absent + accepted + gaps;

describe('a summary of coverage', () => {
  test('accounts for every expected cell once', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { total, spans } = summariseCoverage(input);
        expect(total.expected).toBe(countExpected(input.calendar, input.listings, input.from, input.to));
        for (const counts of [total, ...spans]) expect(sumOf(counts)).toBe(counts.expected);
      }),
    );
  });

  test('has the gaps that are found', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        expect(summariseCoverage(input).total.gaps).toBe(findGaps(input).cells);
      }),
    );
  });

  test('counts an exception by its first kind, and only where no row is', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { total } = summariseCoverage(input);
        const gapsOf = (kinds: readonly string[]): number => {
          const counted = input.coverage.exceptions.filter(({ kind }) => kinds.includes(kind));
          return findGaps({ ...input, coverage: { ...input.coverage, exceptions: counted } }).cells;
        };
        expect(total.covered).toBe(total.expected - gapsOf([]));
        expect(total.suspended).toBe(gapsOf([]) - gapsOf(['suspended']));
        expect(total.absent).toBe(gapsOf(['suspended']) - gapsOf(['suspended', 'absent']));
      }),
    );
  });

  test('counts a span as a question about that span alone would', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { spans } = summariseCoverage(input);
        for (const { from, to, ...counts } of spans) {
          const start = from > input.from ? from : input.from;
          const end = to < input.to ? to : input.to;
          expect(counts).toEqual(summariseCoverage({ ...input, from: start, to: end, spans: [] }).total);
        }
      }),
    );
  });

  test('lists symbols by their gaps, with the first and the last', () => {
    fc.assert(
      fc.property(inputs, fc.nat({ max: 4 }), (input, top) => {
        const gaps = findGaps(input).days;
        const slow = input.listings
          .map(({ instrumentId, symbol }) => {
            const days = gaps.filter(({ missing }) => missing.has(instrumentId)).map(({ day }) => day);
            return { instrumentId, symbol, gaps: days.length, first: days[0], last: days.at(-1) };
          })
          .filter((each) => each.gaps > 0)
          .sort((a, b) => b.gaps - a.gaps || a.instrumentId - b.instrumentId);
        const summary = summariseCoverage({ ...input, top });
        expect(summary.symbols).toEqual(slow.slice(0, top));
        expect(summary.symbolsWithGaps).toBe(slow.length);
      }),
    );
  });
});
