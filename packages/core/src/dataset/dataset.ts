/** What a data set is: its columns, its key, how its completeness is judged, and when a day is final. */

import type { PlainDay } from '../day.ts';

export type DatasetId = 'stock_basics' | 'trade_calendar' | 'daily_bars' | 'daily_basics' | 'adj_factors';

export type ColumnType = 'text' | 'day' | 'double' | 'bigint' | 'boolean';

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
 * `grid` each (symbol, trading day) expected; `calendar` each day up to the last announced;
 * `snapshot` fresh as of a time.
 */
export type CoverageKind = 'grid' | 'calendar' | 'snapshot';

export interface Finality {
  /** Minutes after midnight in Shanghai from which a day's rows are final. */
  readonly finalFromMinutes: number;
  /** Trading days after which a correction is no longer expected. */
  readonly settleDays: number;
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
  /** Natural key, a prefix of `columns`. */
  readonly key: readonly string[];
  readonly kind: CoverageKind;
  readonly finality: Finality;
  readonly requires: readonly Requirement[];
  /** First day that any source has. */
  readonly firstDay: PlainDay;
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
