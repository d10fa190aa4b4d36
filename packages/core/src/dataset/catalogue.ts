import { dailyBars, indexBars, minuteBars, monthlyBars, weeklyBars } from './bars.ts';
import { adjFactors, dailyBasics, priceLimits, quotes } from './daily.ts';
import type { CellGrid, Dataset, DatasetId } from './dataset.ts';
import { indexBasics, stockBasics, tradeCalendar } from './lists.ts';
import { dividends, financials } from './reports.ts';
import { announcements, nameChanges, news, suspensions } from './streams.ts';

/** Every data set, in the order in which people read them. */
export const DATASETS: Readonly<Record<DatasetId, Dataset>> = {
  stock_basics: stockBasics,
  trade_calendar: tradeCalendar,
  daily_bars: dailyBars,
  daily_basics: dailyBasics,
  adj_factors: adjFactors,
  weekly_bars: weeklyBars,
  monthly_bars: monthlyBars,
  minute_bars: minuteBars,
  index_basics: indexBasics,
  index_bars: indexBars,
  price_limits: priceLimits,
  quotes,
  financials,
  dividends,
  suspensions,
  name_changes: nameChanges,
  news,
  announcements,
};

export const DATASET_IDS = Object.keys(DATASETS) as readonly DatasetId[];

/** The data sets that sources are asked for; the others are computed from them when read. */
export const COLLECTED_IDS = DATASET_IDS.filter((id) => DATASETS[id].derivedFrom === undefined);

export function isDatasetId(text: string): text is DatasetId {
  return Object.hasOwn(DATASETS, text);
}

/** The data set as one that is judged cell by cell; undefined for the others. */
export function cellsOf(id: DatasetId): CellGrid | undefined {
  const { cells, derivedFrom } = DATASETS[id];
  return derivedFrom === undefined ? (cells ?? undefined) : undefined;
}

/**
 * The columns of the natural key that say whose row it is and which day it belongs to; null where there is none.
 * @example keyColumns('minute_bars') // { owner: 'symbol', day: 'trade_date' }
 */
export function keyColumns(id: DatasetId): { readonly owner: string; readonly day: string | null } {
  const { key, columns } = DATASETS[id];
  const [owner, second] = key as readonly [string, ...string[]];
  return { owner, day: columns.find(({ name, type }) => name === second && type === 'day')?.name ?? null };
}
