import type { PlainDay } from '@tapekeeper/core';
import type { Random } from '../../random.ts';
import { between, oneOf } from '../facts/draws.ts';
import type { Worth } from './numericTable.ts';

/** Share of the stocks that are under special treatment at some time. */
const TREATED = 0.03;
/** A stock that leaves the list is under special treatment for so many days before. */
const TREATED_BEFORE_LEAVING = 120;
/** Share of the stocks that pay out in a year, and of these that give shares too. */
const PAYING = 0.62;
const GIVING = 0.08;
/** A stock that has just been listed pays out after so many days at the earliest. */
const NO_PAYOUT_DAYS = 60;

/** Where the rows of a stock go. */
export interface RowSpan {
  /** Days `[firstDay, endDay)` of the table, one row each. */
  readonly firstDay: number;
  readonly endDay: number;
  readonly firstRow: number;
}

/** What a share of the last close is paid out, and how many shares are given for one. */
export interface Payout {
  readonly yield: number;
  readonly shares: number;
}

/** What is settled of a stock before its first bar. */
export interface StockPlan {
  readonly worth: Worth;
  /** Rows from `from` up to, not including, `to` are those of a stock under special treatment. */
  readonly treated: { readonly from: number; readonly to: number };
  /** By the index of the day. */
  readonly payouts: ReadonlyMap<number, Payout>;
  /** Deviation of a day's change. */
  readonly sigma: number;
  /** Share of the float that changes hands on a usual day. */
  readonly turnover: number;
  /** Close in cents before the first bar. */
  readonly firstPrice: number;
  /** Price in cents that the stock is drawn back to. */
  readonly home: number;
}

export function planStock(
  draw: Random,
  days: readonly PlainDay[],
  span: RowSpan,
  { isNew, isLeaving }: { readonly isNew: boolean; readonly isLeaving: boolean },
): StockPlan {
  const worth = worthOf(draw);
  const treated = treatment(draw, span.endDay - span.firstDay, isLeaving, isNew);
  const payouts = payoutsOf(draw, days, span, isNew);
  const firstPrice = Math.round(isLeaving ? between(draw, 150, 350) : 100 * 10 ** between(draw, 0.55, 1.9));
  return {
    worth,
    treated,
    payouts,
    sigma: between(draw, 0.008, 0.028),
    turnover: 10 ** between(draw, -2.6, -1.3),
    firstPrice,
    home: isLeaving ? 60 : firstPrice,
  };
}

function worthOf(draw: Random): Worth {
  const earnings = between(draw, -0.3, 1.5);
  return {
    floatShares: Math.round(10 ** between(draw, 7.4, 9.4)),
    earnings: Math.abs(earnings) < 0.01 ? 0.01 : earnings,
    book: between(draw, 1, 9),
    sales: between(draw, 0.8, 15),
  };
}

function treatment(draw: Random, count: number, isLeaving: boolean, isNew: boolean): StockPlan['treated'] {
  const [chance, when] = [draw(), draw()];
  if (isLeaving) return { from: Math.max(0, count - TREATED_BEFORE_LEAVING), to: count };
  if (isNew || chance >= TREATED) return { from: 0, to: 0 };
  const turn = Math.floor(count * when);
  return chance < TREATED / 2 ? { from: turn, to: count } : { from: 0, to: turn };
}

/** At most one payout a year, from May to July. */
function payoutsOf(
  draw: Random,
  days: readonly PlainDay[],
  { firstDay, endDay }: RowSpan,
  isNew: boolean,
): ReadonlyMap<number, Payout> {
  const payouts = new Map<number, Payout>();
  let year = '';
  let wanted = '';
  for (let index = firstDay; index < endDay; index += 1) {
    const day = days[index]!;
    if (!day.startsWith(year) || year === '') {
      year = day.slice(0, 4);
      const date = `0${5 + Math.floor(draw() * 3)}-${String(8 + Math.floor(draw() * 20)).padStart(2, '0')}`;
      wanted = draw() < PAYING ? `${year}-${date}` : '';
    }
    if (wanted === '' || day < wanted) continue;
    // The first bars come after the day, or too soon after the listing: it has passed.
    const hasPassed = index === firstDay || days[index - 1]! >= wanted;
    wanted = '';
    if (hasPassed || (isNew && index - firstDay < NO_PAYOUT_DAYS)) continue;
    const shares = draw() < GIVING ? oneOf(draw, [0.2, 0.3, 0.4, 0.5, 1]) : 0;
    payouts.set(index, { yield: between(draw, 0.004, 0.045), shares });
  }
  return payouts;
}
