import {
  dayNumber,
  dayOfNumber,
  disclosureDeadline,
  plainDay,
  type PlainDay,
  type Symbol,
} from '@tapekeeper/core';
import { drawsOf } from './draws.ts';
import type { Market } from './market.ts';

/** A firm needs so many days to close its books. */
const FASTEST_DAYS = 20;

/** The day on which a stock announces the report of a quarter: in time, and never before an older one. */
export function plannedAnnouncement(
  market: Market,
  seed: number,
  symbol: Symbol,
  period: PlainDay,
): PlainDay {
  const own = drawnDay(market, seed, symbol, period);
  if (!period.endsWith('-03-31')) return own;
  const ofYear = drawnDay(market, seed, symbol, plainDay(`${Number(period.slice(0, 4)) - 1}-12-31`));
  return own > ofYear ? own : ofYear;
}

/** Most firms come late: the root draws days towards the deadline, weekends go back to the open day before. */
function drawnDay({ openDays, openIndex }: Market, seed: number, symbol: Symbol, period: PlainDay): PlainDay {
  const first = dayNumber(period) + (period.endsWith('-12-31') ? FASTEST_DAYS : 10);
  const last = dayNumber(disclosureDeadline(period));
  const share = Math.sqrt(drawsOf(seed, 'announced', symbol, period)());
  const day = dayOfNumber(Math.round(first + (last - first) * share));
  const index = openIndex(day);
  const open = openDays[index] === day ? day : openDays[index - 1];
  return open !== undefined && open > period ? open : day;
}
