import {
  COLLECTED_IDS,
  DATASETS,
  grainEnd,
  grainSpans,
  lastFinalDay,
  shanghaiDay,
  shanghaiInstant,
} from '@tapekeeper/core';
import type { AppDeps } from '../../../../app/deps.ts';
import { loadCalendar } from '../../../../app/market.ts';
import { listSources } from '../../../../app/router/listSources.ts';
import { LOGGED_STATES, presentDataLog } from './dataLogs.ts';
import { latestTables } from './tableStatistics.ts';

/** Before any run. */
const BEGINNING = Date.UTC(2000, 0, 1);
/** More than there are data sets. */
const ALL = 500;

/** Whether Tushare may be asked, and how new the daily bars should be and are. */
export async function syncStatus(deps: AppDeps) {
  const [sources, calendar, span] = await Promise.all([
    listSources(deps),
    loadCalendar(deps),
    deps.store.coveredSpan('daily_bars'),
  ]);
  const now = deps.marketNow();
  const today = shanghaiDay(now);
  const isTradingDay = calendar.isOpen(today);
  const lastFinal = lastFinalDay(calendar, DATASETS.daily_bars.finality, now);
  const tushare = sources.find(({ source }) => source === 'tushare')?.state;
  return {
    tushare_connection_status: tushare === 'up' || tushare === 'degraded',
    is_trading_day: isTradingDay,
    latest_trade_date_from_api: lastFinal,
    today_data_ready: isTradingDay && lastFinal === today,
    latest_trade_date_in_db: span?.to ?? null,
  };
}

/** Runs that have ended today in Shanghai, and those that are open. */
export async function taskStats({ store }: Pick<AppDeps, 'store'>) {
  const now = await store.now();
  const today = shanghaiInstant(shanghaiDay(now), 0);
  const [{ sums }, { open, running }] = await Promise.all([
    store.sumsOf('all', '', grainSpans(today, grainEnd('hour', now))),
    store.openRuns(null),
  ]);
  return {
    total_tasks: sums.runs - sums.skipped - sums.missed + open,
    running_tasks: running,
    completed_tasks: sums.success + sums.successWithErrors,
    pending_tasks: open - running,
    failed_tasks: sums.failed,
  };
}

export async function latestData({ store }: Pick<AppDeps, 'store'>) {
  const [tables, ...newest] = await Promise.all([
    latestTables({ store }),
    ...COLLECTED_IDS.map((dataset) => store.runs({ states: LOGGED_STATES, dataset, before: null, limit: 1 })),
  ]);
  return { latest_operation_logs: newest.flat().map(presentDataLog), latest_table_statistics: tables };
}

/** Of all time: what runs of data sets came to, from sums that are kept, and the newest figures of the tables. */
export async function localDataStats({ store }: Pick<AppDeps, 'store'>) {
  const spans = grainSpans(BEGINNING, grainEnd('hour', await store.now()));
  const [tables, ofDatasets] = await Promise.all([
    latestTables({ store }),
    store.rankSubjects({ scope: 'dataset', spans, by: 'runs', after: null, limit: ALL }),
  ]);
  const names = new Set([
    ...tables.map(({ table_name: name }) => name),
    ...ofDatasets.map(({ subject }) => subject),
  ]);
  const sumOf = (value: (one: (typeof ofDatasets)[number]['sums']) => number): number =>
    ofDatasets.reduce((sum, { sums }) => sum + value(sums), 0);
  return {
    total_tables: names.size,
    success_operations: sumOf(({ success, successWithErrors }) => success + successWithErrors),
    failed_operations: sumOf(({ failed }) => failed),
    total_insert_count: sumOf(({ rowsWritten }) => rowsWritten),
    total_update_count: 0,
    split_tables_count: 0,
    total_records_sum: tables.reduce((sum, table) => sum + table.total_records, 0),
    daily_records_sum: tables.reduce((sum, table) => sum + table.daily_records, 0),
  };
}
