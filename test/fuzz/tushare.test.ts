import { expect, it } from 'vitest';
import { openTushare } from './fuzzed.ts';
import { MOST_GROWN_BYTES, reportText, runFuzz } from './runFuzz.ts';

/** With those of the other sources ten thousand; `node test/fuzz/main.ts tushare` has as many as one likes. */
const RUNS = 3400;
const FIRST_SEED = 1;

it(
  'tushare: a changed answer gives true rows, or an error that tells of it',
  { timeout: 300_000 },
  async () => {
    const fuzzed = await openTushare();
    try {
      const report = await runFuzz(fuzzed, FIRST_SEED, RUNS);
      console.log(reportText('tushare', report));
      // each says its seed
      expect(report.findings).toEqual([]);
      expect(report.datasets.size).toBe(new Set(fuzzed.cases.map(({ question }) => question.dataset)).size);
      expect(report.grownBytes).toBeLessThan(MOST_GROWN_BYTES);
    } finally {
      await fuzzed.close();
    }
  },
);
