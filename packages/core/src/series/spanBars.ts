import type { Row } from '../dataset/dataset.ts';
import { addDays, weekday, type PlainDay } from '../day.ts';
import { joinPrices, sumOf, type DayBar, type Prices } from './bars.ts';

/** What weekly and monthly bars are made over. */
export type Span = 'week' | 'month';

/**
 * First calendar day of the span that a day lies in; weeks begin on Monday.
 * @example spanStart(plainDay('2024-01-31'), 'week') // '2024-01-29'
 */
export function spanStart(day: PlainDay, span: Span): PlainDay {
  if (span === 'month') return `${day.slice(0, 8)}01` as PlainDay;
  return addDays(day, -((weekday(day) + 6) % 7));
}

/** Last calendar day of the span that a day lies in. */
export function spanEnd(day: PlainDay, span: Span): PlainDay {
  const start = spanStart(day, span);
  if (span === 'week') return addDays(start, 6);
  return addDays(spanStart(addDays(start, 31), 'month'), -1);
}

/** Makes span bars of daily bars that come in the order of symbol and day. */
export interface SpanBars {
  /** Takes the next bar; gives the bar of the span that ended before it, as a row. */
  add(bar: DayBar): Row | undefined;
  /** The bar of the span that the last bar lay in. */
  end(): Row | undefined;
}

interface OpenSpan {
  readonly symbol: string;
  readonly start: PlainDay;
  readonly preClose: number | null;
  readonly last: PlainDay;
  readonly prices: Prices;
  readonly volume: number;
  readonly amount: number;
  /** Product of 1 + change over the days so far. */
  readonly growth: number | null;
}

/**
 * Bars over weeks or months. The first span of a symbol has no close before it.
 * @example spanBars('week').add(bar)
 */
export function spanBars(span: Span): SpanBars {
  let open: OpenSpan | undefined;
  return {
    add(bar) {
      const start = spanStart(bar.day, span);
      if (open?.symbol === bar.symbol && open.start === start) {
        open = extended(open, bar);
        return undefined;
      }
      const ended = open;
      open = {
        symbol: bar.symbol,
        start,
        preClose: ended?.symbol === bar.symbol ? ended.prices.close : null,
        last: bar.day,
        prices: bar,
        volume: bar.volume,
        amount: sumOf(bar.amount, 0),
        growth: growthOf(bar),
      };
      return ended && rowOf(ended);
    },
    end() {
      const ended = open;
      open = undefined;
      return ended && rowOf(ended);
    },
  };
}

function extended(open: OpenSpan, bar: DayBar): OpenSpan {
  const growth = growthOf(bar);
  return {
    ...open,
    last: bar.day,
    prices: joinPrices(open.prices, bar),
    volume: open.volume + bar.volume,
    amount: sumOf(open.amount, bar.amount),
    growth: open.growth === null || growth === null ? null : open.growth * growth,
  };
}

/** A day whose source gives no change has the one from the reference price to the close. */
function growthOf({ change, close, preClose }: DayBar): number | null {
  if (change !== null) return 1 + change / 100;
  return close === null || preClose === null || preClose === 0 ? null : close / preClose;
}

function rowOf({ symbol, last, prices, preClose, volume, amount, growth }: OpenSpan): Row {
  return {
    symbol,
    trade_date: last,
    open: prices.open,
    high: prices.high,
    low: prices.low,
    close: prices.close,
    pre_close: preClose,
    volume,
    amount,
    pct_chg: growth === null ? null : Math.round((growth - 1) * 1_000_000) / 10_000 + 0,
  };
}
