import { join } from 'node:path';
import type { DatasetId, Row } from '@tapekeeper/core';
import type { Installation } from '../../packages/server/src/main.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { readTable } from '../../test/agreement/collect.ts';
import { agreementText, compareTables, tableOf, type Table } from '../../test/agreement/compareTables.ts';
import type { Pair } from '../../test/agreement/fields.ts';
import { runToEnd } from '../../test/support/runToEnd.ts';
import { readBarFile, rowsOf } from './barFile.ts';
import { Comparison } from './comparison.ts';
import { count } from './stored.ts';
import { convertedTruth, tushareTruth, type SymbolTruth } from './truth.ts';

const SPAN = { from: '2020-01-02', to: '2025-04-07' };
const YEAR = { from: '2024-01-02', to: '2024-12-31' };

/**
 * Both files through the public endpoints, with akshare as the only source: every row, within what the
 * units of the endpoints allow (lots of 100 shares, percent with two decimals).
 */
export async function verifyAkshare(installation: Installation, data: string): Promise<boolean> {
  const { deps, db } = installation;
  const check = new Comparison('akshare, daily_bars and adj_factors, within the units of the endpoints');
  for (const wish of [
    { dataset: 'daily_bars', ...SPAN },
    { dataset: 'adj_factors', ...YEAR },
  ]) {
    const run = await runToEnd(deps, { sources: ['akshare'], ...wish });
    if (run.state !== 'success')
      check.differ(`${wish.dataset} ended ${run.state}: ${run.error?.message ?? ''}`);
    console.log(`  ${wish.dataset}: ${run.calls} calls, ${run.rowsWritten} rows`);
  }

  const bars = await readTable(db, 'daily_bars');
  const factors = await readTable(db, 'adj_factors');
  const ofBaostock = await truthOf(data, 'bars_daily_raw_2020_2025.csv.gz', convertedTruth);
  const ofTushare = await truthOf(data, 'tushare_daily_adj_2024.csv.gz', tushareTruth);
  compare(check, 'daily_bars', ['baostock', 'akshare'], tableIn(ofBaostock, 'daily_bars'), bars);
  compare(check, 'daily_bars', ['tushare', 'akshare'], tableIn(ofTushare, 'daily_bars'), bars);
  compare(check, 'adj_factors', ['tushare', 'akshare'], tableIn(ofTushare, 'adj_factors'), factors);
  for (const key of bars.keys())
    if (!tableIn(ofBaostock, 'daily_bars').has(key) && !tableIn(ofTushare, 'daily_bars').has(key))
      check.exceed(key);
  check.equal('quarantined rows', 0, await count(db, sql`SELECT count(*) FROM tapekeeper.quarantine`));
  const again = await runToEnd(deps, { dataset: 'daily_bars', sources: ['akshare'], ...SPAN });
  check.equal('calls of the second run', 0, again.calls);
  return check.report();
}

/** Rows of the file against those of the database; each must be there, and each value near enough. */
function compare(check: Comparison, dataset: DatasetId, pair: Pair, file: Table, stored: Table): void {
  const agreement = compareTables(dataset, pair, file, stored);
  // what is alone in the database may be of the other file
  console.log(`  ${agreementText({ ...agreement, onlyOther: [] })}`);
  check.rows += agreement.rows;
  check.values += agreement.values;
  for (const key of agreement.onlyOne) check.lose(key);
  for (const example of agreement.examples) check.examples.push(example);
  const beyond = Object.values(agreement.fields).reduce((sum, field) => sum + field.beyond, 0);
  check.differences += beyond;
}

type TruthTables = Readonly<Partial<Record<string, Table>>>;

function tableIn(tables: TruthTables, dataset: DatasetId): Table {
  return tables[dataset] ?? new Map();
}

async function truthOf(
  data: string,
  name: string,
  read: (symbol: string, rows: ReturnType<typeof rowsOf>) => SymbolTruth,
): Promise<TruthTables> {
  const file = await readBarFile(join(data, name));
  const rows: Record<string, Row[]> = {};
  for (const symbol of file.lines.keys())
    for (const [dataset, days] of Object.entries(read(symbol, rowsOf(file, symbol)).tables)) {
      const ofDataset = (rows[dataset] ??= []);
      for (const [day, values] of days) ofDataset.push({ symbol, trade_date: day, ...values });
    }
  return Object.fromEntries(
    Object.entries(rows).map(([dataset, all]) => [dataset, tableOf(dataset as DatasetId, all)]),
  );
}
