import { join } from 'node:path';
import type { Installation } from '../../packages/server/src/main.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { runToEnd } from '../../test/support/runToEnd.ts';
import { Comparison } from './comparison.ts';
import { csvRows } from './csv.ts';
import { cellValue, shifted } from './decimal.ts';
import { count, storedRows, type StoredRow } from './stored.ts';

const FILE = 'tushare_daily_adj_2024.csv.gz';
const SPAN = { from: '2024-01-02', to: '2024-12-31' };

/** Symbol-days between list date and last bar that the file lacks (its README): absent, and shown as that. */
const LACKING = 202;

const BAR_COLUMNS = ['open', 'high', 'low', 'close', 'pre_close', 'pct_chg'];

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

  const wanted = new Map<string, Readonly<Record<string, string>>[]>();
  for await (const row of csvRows(join(data, FILE))) {
    const rows = wanted.get(row['ts_code'] as string);
    if (rows) rows.push(row);
    else wanted.set(row['ts_code'] as string, [row]);
  }
  for (const [symbol, rows] of wanted) {
    const bars = await storedRows(db, 'daily_bars', symbol);
    const factors = await storedRows(db, 'adj_factors', symbol);
    for (const row of rows) compareDay(check, symbol, row, bars, factors);
    for (const day of bars.keys()) check.differ(`${symbol} ${day} has a bar that is not in the file`);
    for (const day of factors.keys()) check.differ(`${symbol} ${day} has a factor that is not in the file`);
  }

  const absent = await count(db, sql`
    SELECT count(*) FROM tapekeeper.coverage_exception WHERE dataset = 'daily_bars' AND kind = 'absent' AND source = 'tushare'`);
  check.equal('absent symbol-days', LACKING, absent);
  check.equal('symbols', 984, wanted.size);
  check.equal('quarantined rows', 0, await count(db, sql`SELECT count(*) FROM tapekeeper.quarantine`));
  for (const dataset of ['daily_bars', 'adj_factors']) {
    const again = await runToEnd(deps, { dataset, sources: ['tushare'], ...SPAN });
    check.equal(`calls of the second run of ${dataset}`, 0, again.calls);
  }
  for (const run of runs) console.log(`  ${run.dataset}: ${run.calls} calls, ${run.rowsWritten} rows, ${absent} absent cells of bars`);
  return check.report();
}

function compareDay(
  check: Comparison,
  symbol: string,
  row: Readonly<Record<string, string>>,
  bars: Map<string, StoredRow>,
  factors: Map<string, StoredRow>,
): void {
  const compact = row['trade_date'] as string;
  const day = `${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6)}`;
  const where = `${symbol} ${day}`;
  const bar = bars.get(day);
  const factor = factors.get(day);
  bars.delete(day);
  factors.delete(day);
  check.rows++;
  for (const column of BAR_COLUMNS) check.value(where, column, cellValue(row[column]), bar?.[column]);
  check.value(where, 'volume', Math.round(shifted(row['vol'] as string, 2)), bar?.['volume']);
  check.value(where, 'amount', shifted(row['amount'] as string, 3), bar?.['amount']);
  check.value(where, 'adj_factor', cellValue(row['adj_factor']), factor?.['adj_factor']);
}
