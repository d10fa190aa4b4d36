import { join } from 'node:path';
import type { Installation } from '../../packages/server/src/main.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { runToEnd } from '../../test/support/runToEnd.ts';
import { Comparison } from './comparison.ts';
import { csvRows } from './csv.ts';
import { cellValue, shifted } from './decimal.ts';
import { count, storedRows, type StoredRow } from './stored.ts';

const FILE = 'bars_daily_raw_2020_2025.csv.gz';
const SPAN = { from: '2020-01-02', to: '2025-04-07' };

const BAR_COLUMNS = { open: 'open', high: 'high', low: 'low', close: 'close', pre_close: 'pre_close', pct_chg: 'pct_chg', amount: 'amount' };
const BASICS_COLUMNS = { turnover_rate: 'turnover_rate', pe_ttm: 'pe_ttm', pb: 'pb_mrq', ps_ttm: 'ps_ttm' };

/** The whole raw file through the BaoStock protocol: every value, and what becomes of suspended days. */
export async function verifyBaostock(installation: Installation, data: string): Promise<boolean> {
  const { deps, db } = installation;
  const check = new Comparison('BaoStock, daily_bars and the figures beside them');
  const run = await runToEnd(deps, { dataset: 'daily_bars', sources: ['baostock'], ...SPAN });
  if (run.state !== 'success') check.differ(`the run ended ${run.state}: ${run.error?.message ?? ''}`);

  let symbol = '';
  let bars = new Map<string, StoredRow>();
  let basics = new Map<string, StoredRow>();
  let traded = 0;
  let suspended = 0;
  for await (const row of csvRows(join(data, FILE))) {
    if (row['ts_code'] !== symbol) {
      leftOver(check, symbol, bars);
      symbol = row['ts_code'] as string;
      bars = await storedRows(db, 'daily_bars', symbol);
      basics = await storedRows(db, 'daily_basics', symbol);
    }
    const day = row['trade_date'] as string;
    const where = `${symbol} ${day}`;
    const bar = bars.get(day);
    bars.delete(day);
    check.rows++;
    if (row['trade_status'] === '0') {
      suspended++;
      if (bar) check.differ(`${where} is suspended, and has a bar`);
    } else {
      traded++;
      check.value(where, 'volume', shifted(row['volume'] as string, 0), bar?.['volume'] ?? undefined);
      for (const [column, from] of Object.entries(BAR_COLUMNS)) check.value(where, column, cellValue(row[from]), bar?.[column]);
    }
    compareBasics(check, where, row, basics.get(day));
  }
  leftOver(check, symbol, bars);

  const excepted = await count(db, sql`
    SELECT count(*) FROM tapekeeper.coverage_exception WHERE dataset = 'daily_bars' AND kind = 'suspended'`);
  const outcomes = await count(db, sql`
    SELECT coalesce(sum(cells), 0)::bigint AS count FROM tapekeeper.symbol_outcome WHERE run_id = ${run.id} AND outcome = 'suspended'`);
  check.equal('traded days', 368_626, traded);
  check.equal('suspended days kept as such', suspended, excepted);
  check.equal('suspended days in the symbol outcomes', suspended, outcomes);
  check.equal('quarantined rows', 0, await count(db, sql`SELECT count(*) FROM tapekeeper.quarantine`));
  const again = await runToEnd(deps, { dataset: 'daily_bars', sources: ['baostock'], ...SPAN });
  check.equal('calls of the second run', 0, again.calls);
  console.log(`  first run: ${run.calls} calls, ${run.rowsWritten} rows in ${seconds(run)} s; ${suspended} suspended days`);
  return check.report();
}

function compareBasics(check: Comparison, where: string, row: Readonly<Record<string, string>>, stored: StoredRow | undefined): void {
  for (const [column, from] of Object.entries(BASICS_COLUMNS)) {
    // A suspended day has no turnover, whatever the file's writer put there.
    if (column === 'turnover_rate' && row['trade_status'] === '0') continue;
    check.value(where, column, cellValue(row[from]), stored?.[column] ?? null);
  }
  if (stored) check.value(where, 'is_st', row['is_st'] === '1', stored['is_st']);
}

function leftOver(check: Comparison, symbol: string, rows: ReadonlyMap<string, StoredRow>): void {
  for (const day of rows.keys()) check.differ(`${symbol} ${day} is in the database and not in the file`);
}

function seconds(run: { startedAt: number | null; finishedAt: number | null }): string {
  return (((run.finishedAt ?? 0) - (run.startedAt ?? 0)) / 1000).toFixed(1);
}
