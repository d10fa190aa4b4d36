import { dayNumber, type PlainDay, type Symbol } from '@tapekeeper/core';
import { priceFactor, scaledText, volumeFactor } from '../faults/dataFaults.ts';
import { type BarTable, columnIndex, lowerBound, symbolIndex } from '../world/barTable.ts';
import { shiftPoint, subtract } from '../world/decimal.ts';
import type { World } from '../world/world.ts';
import type { TushareApi } from './api.ts';
import { compact, listApi } from './listApi.ts';
import { questionOf } from './question.ts';

interface Span {
  readonly first: PlainDay;
  /** Its last trading day, by which its bars are known. */
  readonly last: PlainDay;
}

interface SpanBar {
  readonly symbol: Symbol;
  readonly span: Span;
  /** Traded rows of the symbol in the span, ascending; at least one. */
  readonly rows: readonly number[];
}

const WEEK_DAYS = 7;
/** Day number of a Monday. */
const A_MONDAY = 4;

/** A week or month of a day; days of one span have the same. */
const SPANS = {
  weekly: (day: PlainDay): string => String(Math.floor((dayNumber(day) - A_MONDAY) / WEEK_DAYS)),
  monthly: (day: PlainDay): string => day.slice(0, 7),
} as const;

/** Bars over weeks or months that are over, on their last trading day, summed up from daily bars. */
export function spanBarsApi(name: keyof typeof SPANS, world: World, cap: number): TushareApi {
  const { tushare } = world;
  const { table } = tushare;
  const spans = spansOf(world, SPANS[name]);
  const at = (column: string): number => columnIndex(table, column);
  const lots = table.units === 'tushare';
  const cell = (row: number, column: string): string => table.cells(row)[at(column)]!;
  const extreme = (
    { rows }: SpanBar,
    column: string,
    takes: (one: number, other: number) => boolean,
  ): string =>
    rows
      .map((row) => cell(row, column))
      .reduce((best, each) => (takes(Number(each), Number(best)) ? each : best));
  const sum = ({ rows }: SpanBar, column: string): string => sumOf(rows.map((row) => cell(row, column)));
  const open = ({ rows }: SpanBar): string => cell(rows[0]!, 'open');
  const close = ({ rows }: SpanBar): string => cell(rows.at(-1)!, 'close');
  const before = ({ rows }: SpanBar): string => closeBefore(table, rows[0]!) ?? cell(rows[0]!, 'pre_close');
  const price =
    (write: (bar: SpanBar) => string) =>
    (bar: SpanBar, faults: Parameters<typeof priceFactor>[0]): number =>
      Number(scaledText(write(bar), priceFactor(faults, bar.symbol, bar.span.last)));

  return listApi<SpanBar>({
    name,
    cap,
    columns: {
      ts_code: ({ symbol }) => symbol,
      trade_date: ({ span }) => compact(span.last),
      close: price(close),
      open: price(open),
      high: price((bar) => extreme(bar, 'high', (one, other) => one > other)),
      low: price((bar) => extreme(bar, 'low', (one, other) => one < other)),
      pre_close: price(before),
      change: price((bar) => subtract(close(bar), before(bar))),
      // A fraction, and not in percent as everywhere else.
      pct_chg: (bar) => Number((Number(close(bar)) / Number(before(bar)) - 1).toFixed(4)),
      vol: (bar, faults) =>
        Number(
          scaledText(
            lots ? sum(bar, 'vol') : shiftPoint(sum(bar, 'volume'), -2),
            volumeFactor(faults, bar.symbol),
          ),
        ),
      amount: (bar) => Number(lots ? sum(bar, 'amount') : shiftPoint(sum(bar, 'amount'), -3)),
    },
    *rows(params) {
      const { symbols, from, to } = questionOf(params);
      const asked = symbols ?? tushare.instruments.map(({ symbol }) => symbol);
      for (const span of spans) {
        if (span.last < from) return;
        if (span.last > to) continue;
        for (const symbol of asked) {
          const rows = tradedRows(table, symbol, span);
          if (rows.length > 0) yield { symbol: symbol as Symbol, span, rows };
        }
      }
    },
    cell: ({ symbol, span }) => [symbol, span.last],
  });
}

/** Spans of the calendar that end within the bars, newest first. */
function spansOf({ calendar, firstDay, lastDay }: World, keyOf: (day: PlainDay) => string): readonly Span[] {
  const spans = new Map<string, Span>();
  for (const { day, open } of calendar.days('SSE')) {
    if (!open || day < firstDay) continue;
    const key = keyOf(day);
    spans.set(key, { first: spans.get(key)?.first ?? day, last: day });
  }
  return [...spans.values()].filter(({ last }) => last <= lastDay).reverse();
}

function tradedRows(table: BarTable, symbol: string, { first, last }: Span): readonly number[] {
  const index = symbolIndex(table, symbol);
  if (index < 0) return [];
  const [start, end] = [table.symbolStart[index]!, table.symbolStart[index + 1]!];
  const rows: number[] = [];
  let row = lowerBound(table.rowDay, lowerBound(table.days, first, 0, table.days.length), start, end);
  for (; row < end && table.days[table.rowDay[row]!]! <= last; row += 1)
    if (table.suspended[row] === 0) rows.push(row);
  return rows;
}

/** The last close before a row; undefined before the first one of a symbol. */
function closeBefore(table: BarTable, row: number): string | undefined {
  const before = row - 1;
  if (before < table.symbolStart[table.rowSymbol[row]!]!) return undefined;
  return table.cells(before)[columnIndex(table, 'close')];
}

const SUM_DECIMALS = 4;

/** Exact, as all arithmetic on cells is; cells that are no decimals count for nothing. */
function sumOf(texts: readonly string[]): string {
  const units = texts.reduce((sum, text) => {
    const shifted = shiftPoint(text, SUM_DECIMALS);
    return /^-?\d+$/.test(shifted) ? sum + BigInt(shifted) : sum;
  }, 0n);
  return shiftPoint(String(units), -SUM_DECIMALS);
}
