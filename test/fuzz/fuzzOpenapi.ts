import { startTestServer } from '../support/testServer.ts';
import { cloneDatabase } from '../support/testDatabase.ts';
import {
  fuzzOperations,
  operationsText,
  type FuzzProgress,
  type OperationsFuzz,
} from './openapi/fuzzOperations.ts';
import { fillMarket } from './openapi/market.ts';
import { serve } from './openapi/served.ts';

/** Requests of every operation of the API, on a database server of its own; says how many were caught. */
export async function fuzzOpenapi(seed: number, cases: number, range?: string): Promise<number> {
  const places = readRange(range);
  const { server, stop } = await startTestServer();
  const database = await cloneDatabase(server, 'fuzz');
  const served = await serve(database.db);
  try {
    const hints = await fillMarket(served);
    const report = await fuzzOperations({ ...served, hints, seed, cases, places, progress: sayProgress() });
    console.log(operationsText(report));
    return report.findings.length;
  } finally {
    await served.close();
    await database.drop();
    await stop();
  }
}

function readRange(range: string | undefined): OperationsFuzz['places'] {
  if (range === undefined) return undefined;
  const [, from, to] = /^(\d+)-(\d+)$/.exec(range) ?? [];
  if (from === undefined) throw new Error(`"${range}" names no places: write 1-100`);
  return { from: Number(from), to: Number(to) };
}

const SAY_EVERY_MS = 10_000;

/** Says on the terminal what was caught, and how far it is every ten seconds. */
function sayProgress(): (at: FuzzProgress) => void {
  let said = performance.now();
  return ({ place, of, requests, finding }) => {
    if (finding !== undefined) console.log(finding);
    if (performance.now() - said < SAY_EVERY_MS) return;
    said = performance.now();
    console.error(`${place} of ${of} operations, ${requests} requests`);
  };
}
