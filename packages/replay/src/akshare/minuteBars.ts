import { type PlainDay, shanghaiDay, type Symbol } from '@tapekeeper/core';
import { amountFactor, hasRow, priceFactor, volumeFactor } from '../faults/dataFaults.ts';
import type { MinuteBar } from '../world/facts.ts';
import type { WebBar } from './dayBars.ts';
import type { WebCall } from './endpoint.ts';
import { lots } from './figures.ts';
import { quoteDay } from './quote.ts';

/** A stretch of minutes with the instant of its end. */
export interface TimedBar extends WebBar {
  /** Epoch milliseconds. */
  readonly at: number;
}

const FACT_MINUTES = 5;
/** Single minutes are kept for the last trading days only. */
const DAYS_OF_SINGLE_MINUTES = 5;

/** Bars of 1, 5, 15, 30 or 60 minutes of traded days, ascending; none for indices. */
export function minuteBars(
  call: WebCall,
  symbol: Symbol,
  minutes: number,
  from: PlainDay,
  to: PlainDay,
): TimedBar[] {
  const { market, plan } = call;
  if (plan.empty || market.stock(symbol) === undefined) return [];
  const { openDays, openIndex } = market.market;
  const { day: present } = quoteDay(call);
  const oldest =
    minutes === 1 ? openDays[Math.max(0, openIndex(present) - DAYS_OF_SINGLE_MINUTES + 1)]! : from;
  const first = oldest > from ? oldest : from;
  return market.market
    .bars(symbol)
    .filter(({ day, traded }) => traded && day >= first && day <= to && hasRow(plan.data, symbol, day))
    .flatMap(({ day, preClose }) => barsOfDay(call, symbol, day, preClose, minutes));
}

function barsOfDay(
  { market, plan }: WebCall,
  symbol: Symbol,
  day: PlainDay,
  preClose: number,
  minutes: number,
): TimedBar[] {
  const facts = market.facts.minuteBars(symbol, day);
  const bars =
    minutes < FACT_MINUTES ? facts.flatMap(singleMinutes) : inGroups(facts, minutes / FACT_MINUTES);
  const { float } = market.facts.shares(symbol, day);
  const price = priceFactor(plan.data, symbol, day);
  const volumeBy = volumeFactor(plan.data, symbol);
  let last = preClose * price;
  return bars.map((bar) => {
    const volume = Math.round(bar.volume * volumeBy);
    const before = last;
    last = bar.close * price;
    return {
      day: shanghaiDay(bar.at),
      at: bar.at,
      open: bar.open * price,
      high: bar.high * price,
      low: bar.low * price,
      close: last,
      preClose: before,
      volume,
      amount: bar.amount * amountFactor(plan.data, day),
      turnover: (100 * volume) / float,
    };
  });
}

function inGroups(bars: readonly MinuteBar[], size: number): MinuteBar[] {
  const groups = Array.from({ length: Math.ceil(bars.length / size) }, (_, index) =>
    bars.slice(index * size, (index + 1) * size),
  );
  return groups.map((group) => ({
    at: group.at(-1)!.at,
    open: group[0]!.open,
    high: Math.max(...group.map(({ high }) => high)),
    low: Math.min(...group.map(({ low }) => low)),
    close: group.at(-1)!.close,
    volume: group.reduce((sum, { volume }) => sum + volume, 0),
    amount: group.reduce((sum, { amount }) => sum + amount, 0),
  }));
}

/** Five minutes one by one: open to high, down to low, on to the close, and two minutes there. */
function singleMinutes({ at, open, high, low, close, volume, amount }: MinuteBar): MinuteBar[] {
  const path = [open, high, low, close, close, close] as const;
  const lot = Math.floor(lots(volume - (volume % 100)) / FACT_MINUTES) * 100;
  const cents = Math.floor((amount * 100) / FACT_MINUTES) / 100;
  return Array.from({ length: FACT_MINUTES }, (_, index) => {
    const [start, end] = [path[index]!, path[index + 1]!];
    const isLast = index === FACT_MINUTES - 1;
    return {
      at: at - (FACT_MINUTES - 1 - index) * 60_000,
      open: start,
      high: Math.max(start, end),
      low: Math.min(start, end),
      close: end,
      volume: isLast ? volume - lot * index : lot,
      amount: isLast ? Math.round((amount - cents * index) * 100) / 100 : cents,
    };
  });
}
