/** The upstreams, and the ways one of them can be asked for a data set. */

export type SourceId = 'tushare' | 'akshare' | 'baostock';

/** Default priority order of the sources. */
export const SOURCES: readonly SourceId[] = ['tushare', 'akshare', 'baostock'];

/** Where rows come from: a source that is asked, or a file that a person has brought. */
export type OriginId = SourceId | 'file';
export const ORIGINS: readonly OriginId[] = [...SOURCES, 'file'];

/**
 * The shape of one call's question:
 * `day` the whole market of one day (of a trading day, of a quarter's end, of a day of a stream),
 * `symbol` one symbol over a range of days,
 * `all` the whole table (a list, a calendar or a stream over a range of days, the market right now).
 */
export type CallShape = 'day' | 'symbol' | 'all';

/** What one source can give of one data set, as data that the planner reads. */
export interface Capability {
  readonly dataset: string;
  readonly shapes: readonly CallShape[];
  /** Canonical columns that this source fills; the others stay as they were. */
  readonly columns: readonly string[];
  /** Rows in one page of an answer; a full page means that another one is asked for. */
  readonly pageRows: number;
  /** Rows that one cell has: 48 for five-minute bars, 1 if left out. */
  readonly rowsPerCell?: number;
  /** Calls that one question takes even where each answer is one page; 1 if left out. */
  readonly queries?: number;
  /** How many of them have an answer with all the rows, page by page; all if left out. */
  readonly pagedQueries?: number;
  /** What these calls are made for; each day of the scale, or each year in which the days of the question's range come to an end. */
  readonly queriesPer?: 'question' | 'day' | 'year';
  /** Calendar days that one question about a stretch of a stream may span; without end if left out. */
  readonly spanDays?: number;
  /** Data sets whose rows come beside, in the same answer. */
  readonly byproducts: readonly string[];
  /** First day that the source has, if it does not reach back to the listing. */
  readonly firstDay?: string;
  /** The source's own name of the interface, for budgets, rights and messages. */
  readonly api: string;
  /** Budget key of the host that is asked first; the source's first one if left out. */
  readonly host?: string;
  /** Exchanges that the source serves. */
  readonly exchanges: readonly string[];
}
