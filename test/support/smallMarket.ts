import {
  builtinCalendar,
  DATASETS,
  exchangeOf,
  plainDay,
  symbolOf,
  type CallShape,
  type Capability,
  type DatasetId,
  type PlainDay,
  type Row,
  type Symbol,
} from '@tapekeeper/core';
import type { Answer, Question } from '../../packages/server/src/ports/source.ts';

/**
 * A market of a few symbols on every board, all listed long before the days. There are more of them than
 * days, so that a plan that may ask by day does.
 */
export const SYMBOLS: readonly Symbol[] = [
  '600001.SH',
  '600002.SH',
  '600003.SH',
  '000001.SZ',
  '000002.SZ',
  '000003.SZ',
  '300001.SZ',
  '300002.SZ',
  '688001.SH',
].map(symbolOf);

export const LISTED = plainDay('2020-01-02');

/** Seven trading days around two weekends. */
export const DAYS: readonly PlainDay[] = builtinCalendar().tradingDays(
  plainDay('2024-01-04'),
  plainDay('2024-01-12'),
);

/** The first and the last of the days, for questions and wishes. */
export const SPAN = { from: DAYS[0] as PlainDay, to: DAYS.at(-1) as PlainDay };

/** A row of any data set of days: right in every rule, and different for each cell. */
export function rowOf(dataset: DatasetId, symbol: string, day: PlainDay): Row {
  const price = 10 + (Number(symbol.slice(0, 6)) % 7) + Number(day.slice(8)) / 100;
  const key = { symbol, trade_date: day };
  if (dataset === 'daily_bars') {
    const prices = { open: price, high: price + 0.1, low: price - 0.1, close: price, pre_close: price };
    return { ...key, ...prices, volume: 1000, amount: Math.round(price * 100_000) / 100, pct_chg: 0 };
  }
  if (dataset === 'adj_factors') return { ...key, adj_factor: price };
  return { ...key, turnover_rate: price / 10, pe: price, total_share: 1_000_000, is_st: false };
}

/** A line of the stock list. */
export function stockOf(symbol: Symbol, listDate: PlainDay = LISTED): Row {
  return {
    symbol,
    name: `名称${symbol.slice(0, 6)}`,
    exchange: exchangeOf(symbol),
    list_status: 'L',
    list_date: listDate,
    delist_date: null,
  };
}

/** What an honest source answers that knows the symbols; of days only the rows are asked for. */
export function honestAnswer(question: Question, symbols: readonly Symbol[] = SYMBOLS): Answer {
  return answerOf(question.dataset, honestRows(question, symbols));
}

/** An answer of one batch, with the columns that its first row has. */
export function answerOf(dataset: DatasetId, rows: readonly Row[], rest: Partial<Answer> = {}): Answer {
  const columns = Object.keys(rows[0] ?? {});
  return {
    batches: [{ dataset, columns, rows }],
    suspended: [],
    unreadable: [],
    calls: 1,
    bytes: 100,
    ...rest,
  };
}

export function honestRows(question: Question, symbols: readonly Symbol[] = SYMBOLS): readonly Row[] {
  const { dataset } = question;
  if (dataset === 'stock_basics') return symbols.map((symbol) => stockOf(symbol));
  if (dataset === 'trade_calendar') return calendarRows();
  const days =
    question.shape === 'day' ? [question.day] : builtinCalendar().tradingDays(question.from, question.to);
  const wanted =
    question.shape === 'symbol' ? symbols.filter((symbol) => symbol === question.symbol) : symbols;
  return wanted.flatMap((symbol) => days.map((day) => rowOf(dataset, symbol, day)));
}

/** January 2024 is enough: what the program brings along says the rest. */
function calendarRows(): readonly Row[] {
  return Array.from({ length: 31 }, (_, at): Row => {
    const day = plainDay(`2024-01-${String(at + 1).padStart(2, '0')}`);
    return { exchange: 'XSHG', cal_date: day, is_open: builtinCalendar().isOpen(day), prev_trade_date: null };
  });
}

/** A source's capability for a data set, with all its columns unless told otherwise. */
export function capabilityOf(
  dataset: DatasetId,
  shapes: readonly CallShape[],
  rest: Partial<Capability> = {},
): Capability {
  return {
    dataset,
    shapes,
    columns: DATASETS[dataset].columns.map((column) => column.name),
    pageRows: 6000,
    byproducts: [],
    api: dataset,
    exchanges: ['XSHG', 'XSHE', 'XBSE'],
    ...rest,
  };
}

const LISTS = [capabilityOf('stock_basics', ['all']), capabilityOf('trade_calendar', ['all'])];
const GRIDS = ['daily_bars', 'daily_basics', 'adj_factors'] as const;

/** A source of everything by whole days and by symbols, or by symbols alone. */
export const BY_DAY: readonly Capability[] = [
  ...LISTS,
  ...GRIDS.map((dataset) => capabilityOf(dataset, ['day', 'symbol'])),
];
export const BY_SYMBOL: readonly Capability[] = [
  ...LISTS,
  ...GRIDS.map((dataset) => capabilityOf(dataset, ['symbol'])),
];
