import { expect, it } from 'vitest';
import { useCleanDatabase } from '../../support/cleanDatabase.ts';
import { fuzzOperations, operationsText } from './fuzzOperations.ts';
import { fillMarket } from './market.ts';
import { serve } from './served.ts';

const database = useCleanDatabase();

/** `npm run fuzz -- openapi` sends as many as one likes, by other numbers. */
const SEED = 1;
const CASES = 50;

it(
  'the API: a request by the document, or nearly so, is answered by the document, and never with a fault of ours',
  { timeout: 600_000 },
  async () => {
    const served = await serve(database().db);
    try {
      const report = await fuzzOperations({
        ...served,
        hints: await fillMarket(served),
        seed: SEED,
        cases: CASES,
      });
      console.log(operationsText(report));
      // each says its seed
      expect(report.findings).toEqual([]);
    } finally {
      await served.close();
    }
  },
);
