import { addDays, type PlainDay, type Symbol, weekday } from '@tapekeeper/core';
import { amountFactor, hasRow, priceFactor, volumeFactor } from '../faults/dataFaults.ts';
import type { WebCall } from './endpoint.ts';

/** A bar of a traded day, or of days put together, in yuan and shares. */
export interface WebBar {
  /** The last day of the bar. */
  readonly day: PlainDay;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly preClose: number;
  readonly volume: number;
  readonly amount: number;
  /** Percent of the float; undefined where it is not known. */
  readonly turnover: number | undefined;
}

const FEW_DAYS = 20;

export type Span = 'day' | 'week' | 'month';

/** Bars of a stock or an index as the upstream gives them now, ascending; none for other symbols. */
export function dayBars(call: WebCall, symbol: Symbol, from: PlainDay, to: PlainDay): WebBar[] {
  const { market, plan } = call;
  if (plan.empty) return [];
  const bars =
    market.index(symbol) === undefined
      ? stockBars(call, symbol, from, to)
      : indexBars(call, symbol, from, to);
  if (plan.data.length === 0) return bars;
  return bars.filter(({ day }) => hasRow(plan.data, symbol, day)).map((bar) => changed(call, symbol, bar));
}

/** Days of a week or month put together; `preClose` is then the close of the bar before. */
export function spanBars(bars: readonly WebBar[], span: Span): WebBar[] {
  if (span === 'day') return [...bars];
  const spans = new Map<string, WebBar[]>();
  for (const bar of bars) {
    const key = span === 'month' ? bar.day.slice(0, 7) : addDays(bar.day, -((weekday(bar.day) + 6) % 7));
    const days = spans.get(key) ?? [];
    spans.set(key, days);
    days.push(bar);
  }
  let last: number | undefined;
  return [...spans.values()].map((days) => {
    const whole = joined(days, last ?? days[0]!.preClose);
    last = whole.close;
    return whole;
  });
}

function joined(days: readonly WebBar[], preClose: number): WebBar {
  const sum = (pick: (bar: WebBar) => number): number => days.reduce((total, bar) => total + pick(bar), 0);
  const turnovers = days.flatMap(({ turnover }) => (turnover === undefined ? [] : [turnover]));
  return {
    day: days.at(-1)!.day,
    open: days[0]!.open,
    high: Math.max(...days.map(({ high }) => high)),
    low: Math.min(...days.map(({ low }) => low)),
    close: days.at(-1)!.close,
    preClose,
    volume: sum(({ volume }) => volume),
    amount: sum(({ amount }) => amount),
    turnover: turnovers.length === 0 ? undefined : turnovers.reduce((total, value) => total + value, 0),
  };
}

/**
 * Adjusted as Eastmoney and Tencent do: what the price fell short by on each ex-date is added to all
 * later prices (backward), or taken from all earlier ones (forward), which may go below zero.
 */
export function adjusted(bars: readonly WebBar[], way: 'forward' | 'backward'): WebBar[] {
  let shift = 0;
  const shifts = bars.map(({ preClose }, index) => {
    if (index > 0) shift += bars[index - 1]!.close - preClose;
    return shift;
  });
  const base = way === 'forward' ? shift : 0;
  return bars.map((bar, index) => {
    const by = shifts[index]! - base;
    return {
      ...bar,
      open: bar.open + by,
      high: bar.high + by,
      low: bar.low + by,
      close: bar.close + by,
      preClose: bar.preClose + by,
    };
  });
}

function stockBars({ market }: WebCall, symbol: Symbol, from: PlainDay, to: PlainDay): WebBar[] {
  const { bar, bars, openDays, openIndex } = market.market;
  const days = openDays.slice(openIndex(from), openIndex(addDays(to, 1)));
  // A few days are looked up one by one, so that the quotes of a whole market do not read its history.
  const found = days.length > FEW_DAYS ? bars(symbol) : days.flatMap((day) => bar(symbol, day) ?? []);
  return found
    .filter(({ day, traded }) => traded && day >= from && day <= to)
    .map(({ day, open, high, low, close, preClose, volume, amount, turnoverRate }) => ({
      day,
      open,
      high,
      low,
      close,
      preClose,
      volume,
      amount,
      turnover: turnoverRate > 0 ? turnoverRate : (100 * volume) / market.facts.shares(symbol, day).float,
    }));
}

function indexBars({ market }: WebCall, symbol: Symbol, from: PlainDay, to: PlainDay): WebBar[] {
  return market.facts.indexBars(symbol, from, to).map((bar) => ({ ...bar, turnover: undefined }));
}

function changed({ plan }: WebCall, symbol: Symbol, bar: WebBar): WebBar {
  const price = priceFactor(plan.data, symbol, bar.day);
  return {
    ...bar,
    open: bar.open * price,
    high: bar.high * price,
    low: bar.low * price,
    close: bar.close * price,
    preClose: bar.preClose * price,
    volume: Math.round(bar.volume * volumeFactor(plan.data, symbol)),
    amount: bar.amount * amountFactor(plan.data, bar.day),
  };
}
