import { expect, it } from 'vitest';
import { openAkshare } from './fuzzed.ts';
import { MOST_GROWN_BYTES, reportText, runFuzz } from './runFuzz.ts';

/** With those of the other sources ten thousand; `node test/fuzz/main.ts akshare` has as many as one likes. */
const RUNS = 3300;
const FIRST_SEED = 1;

it(
  'akshare: a changed answer gives true rows, or an error that tells of it',
  { timeout: 300_000 },
  async () => {
    const fuzzed = await openAkshare();
    try {
      const report = await runFuzz(fuzzed, FIRST_SEED, RUNS);
      console.log(reportText('akshare', report));
      // each says its seed
      expect(report.findings).toEqual([]);
      expect(report.datasets.size).toBe(new Set(fuzzed.cases.map(({ question }) => question.dataset)).size);
      expect(report.grownBytes).toBeLessThan(MOST_GROWN_BYTES);
    } finally {
      await fuzzed.close();
    }
  },
);
