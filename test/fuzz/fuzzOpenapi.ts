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
    const report = await fuzzOperations({ ...served, hints: await fillMarket(served), seed, cases });
    console.log(operationsText(report));
    for (const finding of report.findings) console.log(finding);
    return report.findings.length;
  } finally {
    await served.close();
    await database.drop();
    await stop();
  }
}
