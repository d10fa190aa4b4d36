import { type PlainDay, shanghaiDay, shanghaiInstant, type Symbol } from '@tapekeeper/core';
import { amountFactor, hasRow, priceFactor, volumeFactor } from '../faults/dataFaults.ts';
import { dayBars, type WebBar } from './dayBars.ts';
import type { WebCall } from './endpoint.ts';

/** What is known of a stock or an index at a moment. */
export interface Quote {
  readonly symbol: Symbol;
  readonly name: string;
  readonly isIndex: boolean;
  readonly day: PlainDay;
  /** Epoch milliseconds of the last trade that it tells of. */
  readonly at: number;
  readonly preClose: number;
  /** Undefined on a day without trade. */
  readonly bar: WebBar | undefined;
  /** Volume against the mean of the five days before; undefined where there are none. */
  readonly volumeRatio: number | undefined;
  /** Of an index undefined. */
  readonly shares: { readonly total: number; readonly float: number } | undefined;
  readonly limits: { readonly up: number; readonly down: number } | undefined;
  readonly pe: number | undefined;
  readonly pb: number | undefined;
  readonly listDate: PlainDay;
}

const OPEN_MINUTES = 9 * 60 + 30;
const CLOSE_MINUTES = 15 * 60;
/** Trading days before the present that are read for the mean volume. */
const LOOK_BACK = 5;

/** The quote at the present of the call; undefined for symbols that are not quoted. */
export function quoteOf(call: WebCall, symbol: Symbol): Quote | undefined {
  const { market, plan } = call;
  const moment = quoteDay(call);
  if (moment.running || plan.empty || plan.data.length > 0) return makeQuote(call, symbol, moment);
  const known = market.settledQuotes(moment.day);
  if (!known.has(symbol)) known.set(symbol, makeQuote(call, symbol, moment));
  return known.get(symbol);
}

/** A trading day, and whether it goes on. */
interface Moment {
  readonly day: PlainDay;
  readonly running: boolean;
}

function makeQuote(call: WebCall, symbol: Symbol, { day, running }: Moment): Quote | undefined {
  const { market, plan } = call;
  const stock = market.stock(symbol);
  const index = market.index(symbol);
  if ((stock === undefined && index === undefined) || !hasRow(plan.data, symbol, day)) return undefined;
  if (stock !== undefined && (stock.listDate > day || (stock.delistDate ?? '9') <= day)) return undefined;

  const { openDays } = market.market;
  const from = openDays[Math.max(0, market.market.openIndex(day) - LOOK_BACK)] ?? day;
  const bars = dayBars(call, symbol, from, day);
  const whole = bars.at(-1)?.day === day ? bars.at(-1) : undefined;
  const bar = running && whole !== undefined ? runningBar(call, symbol, whole) : whole;
  const before = bars.filter((each) => each.day < day);
  const last = before.at(-1);
  const lastClose = bar?.preClose ?? last?.close ?? market.market.lastBar(symbol, day)?.close ?? 0;
  const mean = before.reduce((sum, { volume }, _, all) => sum + volume / all.length, 0);
  const facts = index === undefined ? market.facts : undefined;
  return {
    symbol,
    name: stock?.name ?? index!.name,
    isIndex: index !== undefined,
    day,
    at: running ? Math.floor(call.now / 3000) * 3000 : shanghaiInstant(day, CLOSE_MINUTES) + 3000,
    preClose: lastClose,
    bar,
    volumeRatio: bar === undefined || mean === 0 ? undefined : bar.volume / mean,
    shares: facts?.shares(symbol, day),
    limits: facts?.limits(symbol, day),
    pe: facts && market.ratio(symbol, day, 'pe_ttm'),
    pb: facts && market.ratio(symbol, day, 'pb_mrq'),
    listDate: stock?.listDate ?? index!.listDate,
  };
}

/** The trading day whose quotes are shown at a moment: from its opening on until the next one's. */
export function quoteDay({ market, now }: WebCall): Moment {
  const present = market.present(now);
  const { openDays, openIndex, firstDay, lastDay } = market.market;
  if (present >= shanghaiInstant(lastDay, CLOSE_MINUTES)) return { day: lastDay, running: false };
  const today = shanghaiDay(present);
  const index = openIndex(today);
  if (openDays[index] === today && present >= shanghaiInstant(today, OPEN_MINUTES)) {
    return { day: today, running: present < shanghaiInstant(today, CLOSE_MINUTES) };
  }
  return { day: openDays[index - 1] ?? firstDay, running: false };
}

/** The part of a day's bar that has been traded; of an index, whose minutes are not known, the opening. */
function runningBar({ market, now, plan }: WebCall, symbol: Symbol, whole: WebBar): WebBar | undefined {
  const minutes = market.facts.minuteBars(symbol, whole.day).filter(({ at }) => at <= now);
  const { day, open, preClose } = whole;
  if (minutes.length === 0) {
    return { day, open, high: open, low: open, close: open, preClose, volume: 0, amount: 0, turnover: 0 };
  }
  const traded = minutes.reduce((sum, bar) => sum + bar.volume, 0);
  const volume = Math.round(traded * volumeFactor(plan.data, symbol));
  const price = priceFactor(plan.data, symbol, day);
  return {
    day,
    open,
    preClose,
    volume,
    high: price * Math.max(...minutes.map(({ high }) => high)),
    low: price * Math.min(...minutes.map(({ low }) => low)),
    close: price * minutes.at(-1)!.close,
    amount: minutes.reduce((sum, bar) => sum + bar.amount, 0) * amountFactor(plan.data, day),
    turnover: (100 * volume) / market.facts.shares(symbol, day).float,
  };
}
