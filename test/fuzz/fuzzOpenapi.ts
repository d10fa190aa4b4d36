import { startTestServer } from '../support/testServer.ts';
import { cloneDatabase } from '../support/testDatabase.ts';
import { fuzzOperations, operationsText } from './openapi/fuzzOperations.ts';
import { fillMarket } from './openapi/market.ts';
import { serve } from './openapi/served.ts';

/** Requests of every operation of the API, on a database server of its own; says how many were caught. */
export async function fuzzOpenapi(seed: number, cases: number): Promise<number> {
  const { server, stop } = await startTestServer();
  const database = await cloneDatabase(server, 'fuzz');
  const served = await serve(database.db);
  try {
    const hints = await fillMarket(served);
    const report = await fuzzOperations({ ...served, hints, seed, cases, progress: sayProgress() });
    console.log(operationsText(report));
    for (const finding of report.findings) console.log(finding);
    return report.findings.length;
  } finally {
    await served.close();
    await database.drop();
    await stop();
  }
}

const SAY_EVERY_MS = 10_000;

/** Says on the terminal how far it is, every ten seconds. */
function sayProgress(): (done: number, of: number, requests: number) => void {
  let said = performance.now();
  return (done, of, requests) => {
    if (performance.now() - said < SAY_EVERY_MS) return;
    said = performance.now();
    console.error(`${done} of ${of} operations, ${requests} requests`);
  };
}
