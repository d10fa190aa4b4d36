import type { PlainDay } from '@tapekeeper/core';
import type { Random } from '../../random.ts';
import type { FactorBar } from '../factorSteps.ts';
import { between, drawsOf, oneOf } from '../facts/draws.ts';
import { DAYS_WITHOUT_LIMIT, limitCents, limitPercent } from '../limitRule.ts';
import type { Listing } from './listings.ts';
import type { BarNumbers, Worth } from './numericTable.ts';
import { type Payout, planStock, type RowSpan, type StockPlan } from './stockPlan.ts';

/** Chance of a day that a stock's trade is suspended, and for how many days it is. */
const SUSPENDED = 0.0006;
const STRETCHES = [1, 1, 1, 2, 5, 10, 10, 20, 60];
/** Chance of a day that a stock goes to its limit, and that it goes there again. */
const LIMIT_DAY = 0.012;
const LIMIT_AGAIN = 0.3;
/** Days without any other price than the limit, among the days that end there. */
const ONE_PRICE = 0.2;
const MOST_SHARES = 4_000_000_000;
const LEAST_CENTS = 20;

/** What is known of a stock once its bars are drawn. */
export interface DrawnStock {
  readonly worth: Worth;
  /** Rows since which a share of the first day is so many. */
  readonly splits: readonly { readonly row: number; readonly growth: number }[];
  /** Its first bar, and the two bars around each ex-date: what its factors follow from. */
  readonly factorBars: readonly FactorBar[];
  /** Whether its last bar is that of a stock under special treatment. */
  readonly isTreated: boolean;
}

/** The change of the whole market by day, as a ratio. */
export function marketDays(seed: number, count: number): Float64Array {
  const draw = drawsOf(seed, 'market');
  return Float64Array.from({ length: count }, () => bell(draw) * 0.009 + 0.0002);
}

/** Writes the bars of a stock. The bars of one stock depend on no other one. */
export function drawBars(
  seed: number,
  listing: Listing,
  span: RowSpan,
  days: readonly PlainDay[],
  market: Float64Array,
  into: BarNumbers,
): DrawnStock {
  const { symbol } = listing;
  const draw = drawsOf(seed, 'bars', symbol);
  const count = span.endDay - span.firstDay;
  const isNew = listing.listDate === days[span.firstDay];
  const plan = planStock(draw, days, span, { isNew, isLeaving: listing.delistDate !== undefined });
  const percents = [limitPercent(symbol, false), limitPercent(symbol, true)] as const;
  const splits: { row: number; growth: number }[] = [];
  const factorBars: FactorBar[] = [];
  const state: State = { last: plan.firstPrice, home: plan.home, growth: 1, limit: 0 };
  let idle = 0;
  let due: Payout | undefined;
  for (let place = 0; place < count; place += 1) {
    const row = span.firstRow + place;
    const index = span.firstDay + place;
    const isTreated = place >= plan.treated.from && place < plan.treated.to;
    into.treated[row] = isTreated ? 1 : 0;
    if (place === 0) factorBars.push({ day: days[index]!, close: state.last, preClose: state.last });
    due = plan.payouts.get(index) ?? due;
    if (idle === 0 && place > 0 && draw() < SUSPENDED) idle = oneOf(draw, STRETCHES);
    if (idle > 0) {
      idle -= 1;
      suspend(into, row, state.last);
      continue;
    }
    let reference = state.last;
    if (due !== undefined) {
      reference = payOut(state, due);
      const before = { day: days[index - 1]!, close: state.last, preClose: factorBars.at(-1)!.close };
      factorBars.push(before, { day: days[index]!, close: reference, preClose: reference });
      if (due.shares > 0) splits.push({ row, growth: state.growth });
      due = undefined;
    }
    const free = isNew && place < DAYS_WITHOUT_LIMIT ? place : undefined;
    drawDay(
      draw,
      plan,
      state,
      { reference, free, market: market[index]!, percent: percents[isTreated ? 1 : 0] },
      into,
      row,
    );
  }
  const isTreated = count > 0 && plan.treated.to === count && plan.treated.from < count;
  return { worth: plan.worth, splits, factorBars, isTreated };
}

/** What one day hands on to the next; prices in cents. */
interface State {
  last: number;
  home: number;
  /** Shares that one of the first day has become. */
  growth: number;
  /** 1 after a day that ended at the upper limit, -1 at the lower one. */
  limit: number;
}

interface Circumstances {
  readonly reference: number;
  /** How many days it has been listed, while it has no limit. */
  readonly free: number | undefined;
  readonly market: number;
  /** Limit in percent. */
  readonly percent: number;
}

function drawDay(
  draw: Random,
  { worth, sigma, turnover }: StockPlan,
  state: State,
  { reference, free, market, percent }: Circumstances,
  into: BarNumbers,
  row: number,
): void {
  const up = free === undefined ? limitCents(reference, percent) : reference * 4;
  const down = free === undefined ? limitCents(reference, -percent) : Math.max(1, Math.round(reference / 2));
  const within = (cents: number): number => Math.min(up, Math.max(down, LEAST_CENTS, Math.round(cents)));

  const change = changeOf(draw, state, sigma, market, reference, free);
  const close = within(reference * (1 + change));
  if (free === 0) state.home = close;
  state.limit = free !== undefined ? 0 : close === up ? 1 : close === down ? -1 : 0;
  state.last = close;

  const onePrice = state.limit !== 0 && draw() < ONE_PRICE;
  const way = Math.max(-0.3, Math.min(0.3, change)) * draw() * 0.6;
  const open = onePrice ? close : within(reference * (1 + way));
  const reach = onePrice ? 0 : sigma * 0.5;
  const high = within(Math.max(open, close) * (1 + reach * draw()));
  const low = within(Math.min(open, close) * (1 - reach * draw()));
  const haste = onePrice ? 0.1 : state.limit !== 0 ? 2 : 1;
  const rate = Math.min(0.4, turnover * Math.exp(bell(draw) * 0.5) * haste);
  const volume = Math.floor(worth.floatShares * state.growth * rate);
  into.open[row] = open;
  into.high[row] = high;
  into.low[row] = low;
  into.close[row] = close;
  into.preClose[row] = reference;
  into.volume[row] = Math.max(100, Math.min(MOST_SHARES, volume));
  into.amount[row] = Math.round(into.volume[row]! * (low + (high - low) * between(draw, 0.25, 0.75)));
}

/** The day's change as a ratio; what goes beyond the limit will end there. */
function changeOf(
  draw: Random,
  { home, limit }: State,
  sigma: number,
  market: number,
  reference: number,
  free: number | undefined,
): number {
  if (free === 0) return between(draw, 0.1, 1.6);
  if (free !== undefined) return bell(draw) * 0.08;
  if (draw() < (limit === 0 ? LIMIT_DAY : LIMIT_AGAIN)) return (limit || (draw() < 0.7 ? 1 : -1)) * 0.4;
  return market + bell(draw) * sigma + Math.log(home / reference) * 0.004;
}

/** The reference price of an ex-date. */
function payOut(state: State, { yield: share, shares }: Payout): number {
  const cash = Math.round(state.last * share);
  state.home = Math.max(LEAST_CENTS, Math.round(state.home / (1 + shares)));
  state.growth *= 1 + shares;
  return Math.max(1, Math.round((state.last - cash) / (1 + shares)));
}

function suspend(into: BarNumbers, row: number, last: number): void {
  into.open[row] = last;
  into.high[row] = last;
  into.low[row] = last;
  into.close[row] = last;
  into.preClose[row] = last;
  into.suspended[row] = 1;
}

/** About a bell curve with mean 0 and deviation 1, never beyond three deviations. */
function bell(draw: Random): number {
  return (draw() + draw() + draw() - 1.5) * 2;
}
