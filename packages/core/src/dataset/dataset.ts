/** What a data set is: its columns, its key, how its completeness is judged, and when a day is final. */

import type { PlainDay } from '../day.ts';

export type DatasetId =
  | 'stock_basics'
  | 'trade_calendar'
  | 'index_basics'
  | 'daily_bars'
  | 'weekly_bars'
  | 'monthly_bars'
  | 'minute_bars'
  | 'index_bars'
  | 'adj_factors'
  | 'daily_basics'
  | 'price_limits'
  | 'quotes'
  | 'financials'
  | 'dividends'
  | 'suspensions'
  | 'name_changes'
  | 'news'
  | 'announcements';

/** `instant` is epoch milliseconds; `json` is the text of a JSON value. */
export type ColumnType = 'text' | 'day' | 'instant' | 'double' | 'bigint' | 'boolean' | 'json';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** `yuan`, `shares`, `percent`, `ratio`; empty for names and days. */
  readonly unit: string;
  /** Decimals that carry meaning; two values that agree in them are the same. */
  readonly decimals?: number;
  readonly nullable?: boolean;
  /** One line for the reference page. */
  readonly about: string;
}

/**
 * How completeness is judged (domain: coverage kinds).
 * `grid` each (symbol, trading day) expected; `intraday` each slot of a session; `period` each (symbol,
 * report period) that is due; `calendar` each day up to the last announced; `snapshot` fresh as of a
 * time; `stream` a stretch of days read, never complete, only fresh.
 */
export type CoverageKind = 'grid' | 'calendar' | 'snapshot' | 'intraday' | 'period' | 'stream';

/** What the days of cells are: trading days, or the ends of quarters that reports are about. */
export type DayScale = 'trading_days' | 'quarters';

/** Whose cells are expected. */
export type UniverseId = 'stocks' | 'indices';

/** The cells of a data set whose completeness is judged cell by cell. */
export interface CellGrid {
  readonly universe: UniverseId;
  readonly scale: DayScale;
}

export interface Finality {
  /** Minutes after midnight in Shanghai from which a day's rows are final. */
  readonly finalFromMinutes: number;
  /** Days of the scale after which a correction is no longer expected. */
  readonly settleDays: number;
  /** The day that the minutes are of: the row's own, or the last day on which its report may be published. */
  readonly due: 'same_day' | 'disclosure';
}

export interface Requirement {
  readonly dataset: DatasetId;
  /** A fresher one is asked for before the run that needs it. */
  readonly maxAgeDays: number;
}

export interface Dataset {
  readonly id: DatasetId;
  readonly title: { readonly en: string; readonly zh: string };
  readonly columns: readonly Column[];
  /** Natural key, a prefix of `columns`; of cells, the symbol and the day come first. */
  readonly key: readonly string[];
  readonly kind: CoverageKind;
  /** Null where completeness is not judged by (symbol, day). */
  readonly cells: CellGrid | null;
  readonly finality: Finality;
  readonly requires: readonly Requirement[];
  /** First day that any source has. */
  readonly firstDay: PlainDay;
  /** Whether a day of a whole market may well be without any row. */
  readonly sparse?: boolean;
  /** Computed when read from this data set, and never collected. */
  readonly derivedFrom?: DatasetId;
}

/** A row of any data set, by canonical column name; absent columns are left as they were. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** Rows of one data set as they came out of one answer. */
export interface RowBatch {
  readonly dataset: DatasetId;
  /** The columns that these rows fill. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}
