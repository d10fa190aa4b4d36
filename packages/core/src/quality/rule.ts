import type { Calendar } from '../calendar/calendar.ts';
import type { DatasetId, Row } from '../dataset/dataset.ts';
import type { PlainDay } from '../day.ts';
import type { Board, Symbol } from '../symbol/symbol.ts';

export type RuleId =
  // what any row must be
  | 'key_missing'
  | 'value_missing'
  | 'wrong_type'
  | 'not_finite'
  | 'not_whole'
  | 'duplicate_key'
  // what a (symbol, day) must be
  | 'unknown_symbol'
  | 'off_calendar'
  | 'before_listing'
  | 'after_delisting'
  // daily_bars
  | 'price_positive'
  | 'ohlc_order'
  | 'volume_negative'
  | 'amount_negative'
  | 'factor_100_slip'
  | 'limit_exceeded'
  | 'amount_volume_mismatch'
  // daily_basics
  | 'rate_negative'
  | 'shares_negative'
  | 'value_negative'
  | 'turnover_above_100'
  | 'float_above_total'
  // adj_factors
  | 'factor_positive'
  // stock_basics
  | 'not_a_share'
  | 'exchange_mismatch'
  | 'unknown_status'
  | 'listing_order'
  | 'list_date_missing'
  | 'delist_date_missing'
  // trade_calendar
  | 'unknown_exchange'
  | 'weekend_open'
  | 'previous_day_order'
  | 'calendar_changed'
  // index_basics, index_bars
  | 'unknown_index'
  // minute_bars
  | 'off_session'
  // quotes
  | 'quote_scale'
  // price_limits
  | 'limit_order'
  // financials, dividends
  | 'off_quarter'
  | 'announced_early'
  | 'unknown_statement'
  | 'unknown_progress'
  | 'share_out_negative'
  | 'assets_unbalanced'
  // suspensions, name_changes
  | 'unknown_suspension'
  | 'name_order'
  // announcements
  | 'symbol_form';

/** One rule as the reference page shows it. */
export interface Rule {
  readonly id: RuleId;
  /** `refuse` sends the row to quarantine, `flag` keeps it and says so. */
  readonly action: 'refuse' | 'flag';
  /** What holds for a good row. */
  readonly text: { readonly en: string; readonly zh: string };
  /** Refused rows are judged again when this data set has been refreshed. */
  readonly replayAfter?: DatasetId;
}

/** A rule that looks at one row: it gives what is wrong, or undefined. */
export interface RowRule extends Rule {
  readonly check: (row: Row, context: RowContext) => string | undefined;
}

/** What is known of a symbol apart from the row. */
export interface ListingFacts {
  readonly listDate: PlainDay | null;
  /** First day after the listing ended. */
  readonly delistDate: PlainDay | null;
  readonly board: Board | null;
}

/** What the rules may know of a row's key, looked up once for each symbol and each day of a batch. */
export interface RowContext {
  readonly calendar: Calendar;
  /** Only for data sets whose key has a symbol. */
  readonly symbol: SymbolFacts;
  /** Only for data sets whose key has a day. */
  readonly day: DayFacts;
}

export interface SymbolFacts {
  readonly symbol: Symbol;
  /** Undefined where no list knows the symbol. */
  readonly listing: ListingFacts | undefined;
  /** Number of the first open day from the list date on; -1 where that date is not known. */
  readonly listedFrom: number;
}

export interface DayFacts {
  readonly day: PlainDay;
  readonly isOpen: boolean;
  readonly isWeekend: boolean;
  /** Number of the first open day from that day on. */
  readonly openIndex: number;
}

/**
 * The number in a column, NaN where there is none: a comparison with it is false, so no rule applies.
 * @example numberIn({ volume: 100 }, 'volume') // 100
 */
export function numberIn(row: Row, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : Number.NaN;
}
