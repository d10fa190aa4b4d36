import { join } from 'node:path';
import type { Installation } from '../../packages/server/src/main.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { runToEnd } from '../../test/support/runToEnd.ts';
import { readBarFile, rowsOf } from './barFile.ts';
import { compareSymbol } from './compareSymbol.ts';
import { Comparison } from './comparison.ts';
import { count } from './stored.ts';
import { baostockTruth } from './truth.ts';

const FILE = 'bars_daily_raw_2020_2025.csv.gz';
const SPAN = { from: '2020-01-02', to: '2025-04-07' };

/** The whole raw file through the BaoStock protocol: every value, and what becomes of suspended days. */
export async function verifyBaostock(installation: Installation, data: string): Promise<boolean> {
  const { deps, db } = installation;
  const check = new Comparison('BaoStock, daily_bars and the figures beside them');
  const run = await runToEnd(deps, { dataset: 'daily_bars', sources: ['baostock'], ...SPAN });
  if (run.state !== 'success') check.differ(`the run ended ${run.state}: ${run.error?.message ?? ''}`);

  const file = await readBarFile(join(data, FILE));
  let traded = 0;
  let suspended = 0;
  for (const symbol of file.lines.keys()) {
    const truth = baostockTruth(symbol, rowsOf(file, symbol));
    await compareSymbol(check, db, truth);
    traded += truth.tables['daily_bars']?.size ?? 0;
    suspended += truth.suspended.length;
  }
  check.rows = traded + suspended;

  const excepted = await count(
    db,
    sql`
    SELECT count(*) FROM tapekeeper.coverage_exception WHERE dataset = 'daily_bars' AND kind = 'suspended'`,
  );
  const outcomes = await count(
    db,
    sql`
    SELECT coalesce(sum(cells), 0)::bigint AS count FROM tapekeeper.symbol_outcome WHERE run_id = ${run.id} AND outcome = 'suspended'`,
  );
  check.equal('traded days', 368_626, traded);
  check.equal('suspended days kept as such', suspended, excepted);
  check.equal('suspended days in the symbol outcomes', suspended, outcomes);
  check.equal('quarantined rows', 0, await count(db, sql`SELECT count(*) FROM tapekeeper.quarantine`));
  const again = await runToEnd(deps, { dataset: 'daily_bars', sources: ['baostock'], ...SPAN });
  check.equal('calls of the second run', 0, again.calls);
  console.log(
    `  first run: ${run.calls} calls, ${run.rowsWritten} rows in ${seconds(run)} s; ${suspended} suspended days`,
  );
  return check.report();
}

function seconds(run: { startedAt: number | null; finishedAt: number | null }): string {
  return (((run.finishedAt ?? 0) - (run.startedAt ?? 0)) / 1000).toFixed(1);
}
