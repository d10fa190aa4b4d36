import { parseDay, type PlainDay, type Symbol } from '@tapekeeper/core';
import type { SuspensionFact } from '../../world/facts.ts';
import type { WebCall } from '../endpoint.ts';
import { codeOf } from '../spellings.ts';
import type { WebMarket } from '../webMarket.ts';
import { type Condition, type ReportRow, valuesOf } from './filter.ts';
import { midnight, tradeMarket } from './labels.ts';

/** A suspension is followed this many trading days to either side; longer ones show no end. */
const MOST_DAYS = 250;

/**
 * The suspensions that a day knows of: those that it lies in, and those that end with trade on it.
 * Times are those of the session, and the day of resumption is known once it has come in the data.
 */
export function suspensionRows({ market }: WebCall, conditions: readonly Condition[]): readonly ReportRow[] {
  const day = parseDay(valuesOf(conditions, 'DATETIME')?.[0]?.slice(0, 10) ?? '');
  if (day === undefined) return [];
  return market.facts.suspensions(day).map((fact) => rowOf(market, fact, day));
}

function rowOf(market: WebMarket, { symbol, type, reason }: SuspensionFact, day: PlainDay): ReportRow {
  const { openDays, openIndex } = market.market;
  const today = openIndex(day);
  // On the day of resumption the suspension lies behind.
  const inside = type === 'S' ? today : today - 1;
  const first = lastOf(market, symbol, inside, -1);
  const last = type === 'S' ? lastOf(market, symbol, inside, 1) : inside;
  const firstDay = openDays[first]!;
  const lastDay = openDays[last]!;
  const resumed = openDays[last + 1];
  const hasEnded = resumed !== undefined && resumed <= market.market.lastDay;
  const stock = market.stock(symbol);
  const { code, name } = tradeMarket(market.boardOf(symbol), symbol);
  const before = type === 'S' ? reason : suspendedReason(market, symbol, lastDay);
  return {
    SECURITY_CODE: codeOf(symbol),
    SECURITY_NAME_ABBR: stock?.name ?? codeOf(symbol),
    SUSPEND_START_TIME: `${firstDay} 09:30:00`,
    SUSPEND_END_TIME: hasEnded ? `${lastDay} 15:00:00` : null,
    SUSPEND_EXPIRE: first === last && hasEnded ? '停牌一天' : '连续停牌',
    SUSPEND_REASON: before,
    TRADE_MARKET: name,
    SUSPEND_START_DATE: midnight(firstDay),
    PREDICT_RESUME_DATE: hasEnded ? midnight(resumed) : null,
    TRADE_MARKET_CODE: code,
    SECUCODE: symbol,
    SECURITY_TYPE_CODE: '058001001',
  };
}

/** The last trading day, going one way, on which the suspension still holds. */
function lastOf(market: WebMarket, symbol: Symbol, from: number, step: 1 | -1): number {
  const { openDays } = market.market;
  let at = from;
  for (let count = 0; count < MOST_DAYS; count += 1) {
    const next = openDays[at + step];
    if (next === undefined || !isSuspended(market, symbol, next)) break;
    at += step;
  }
  return at;
}

function isSuspended(market: WebMarket, symbol: Symbol, day: PlainDay): boolean {
  return market.facts.suspensions(day).some((fact) => fact.symbol === symbol && fact.type === 'S');
}

function suspendedReason(market: WebMarket, symbol: Symbol, day: PlainDay): string {
  return market.facts.suspensions(day).find((fact) => fact.symbol === symbol)?.reason ?? '';
}
