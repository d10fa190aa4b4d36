import { join } from 'node:path';
import type { Installation } from '../../packages/server/src/main.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { runToEnd } from '../../test/support/runToEnd.ts';
import { readBarFile, rowsOf } from './barFile.ts';
import { compareSymbol } from './compareSymbol.ts';
import { Comparison } from './comparison.ts';
import { count } from './stored.ts';
import { tushareTruth } from './truth.ts';

const FILE = 'tushare_daily_adj_2024.csv.gz';
const SPAN = { from: '2024-01-02', to: '2024-12-31' };

/** Symbol-days between list date and last bar that the file lacks (its README): absent, and shown as that. */
const LACKING = 202;

/** The whole file through the Tushare protocol by trading day, with Tushare as the only source. */
export async function verifyTushare(installation: Installation, data: string): Promise<boolean> {
  const { deps, db } = installation;
  const check = new Comparison('Tushare, daily_bars and adj_factors');
  const runs = [];
  for (const dataset of ['daily_bars', 'adj_factors']) {
    const run = await runToEnd(deps, { dataset, sources: ['tushare'], ...SPAN });
    if (run.state !== 'success') check.differ(`${dataset} ended ${run.state}: ${run.error?.message ?? ''}`);
    if (run.plan?.shape !== 'day') check.differ(`${dataset} was planned by ${run.plan?.shape}, not by day`);
    runs.push(run);
  }

  const file = await readBarFile(join(data, FILE));
  for (const symbol of file.lines.keys()) {
    const truth = tushareTruth(symbol, rowsOf(file, symbol));
    await compareSymbol(check, db, truth);
    check.rows += truth.tables['daily_bars']?.size ?? 0;
  }

  const absent = await count(
    db,
    sql`
    SELECT count(*) FROM tapekeeper.coverage_exception WHERE dataset = 'daily_bars' AND kind = 'absent' AND source = 'tushare'`,
  );
  check.equal('absent symbol-days', LACKING, absent);
  check.equal('symbols', 984, file.lines.size);
  check.equal('quarantined rows', 0, await count(db, sql`SELECT count(*) FROM tapekeeper.quarantine`));
  for (const dataset of ['daily_bars', 'adj_factors']) {
    const again = await runToEnd(deps, { dataset, sources: ['tushare'], ...SPAN });
    check.equal(`calls of the second run of ${dataset}`, 0, again.calls);
  }
  for (const run of runs)
    console.log(
      `  ${run.dataset}: ${run.calls} calls, ${run.rowsWritten} rows, ${absent} absent cells of bars`,
    );
  return check.report();
}
