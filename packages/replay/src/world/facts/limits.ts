import type { PlainDay } from '@tapekeeper/core';
import type { Facts } from '../facts.ts';
import { DAYS_WITHOUT_LIMIT, limitCents, limitPercent } from '../limitRule.ts';
import { isListed, type Market } from './market.ts';

/** Limits of the day; on days of suspension those that follow from the last close. */
export function limitsOf(market: Market): Facts['limits'] {
  return (symbol, day) => {
    const instrument = market.instrument(symbol);
    if (instrument === undefined || !isListed(instrument, day) || day > market.lastDay) return undefined;
    const index = market.openIndex(day);
    if (market.openDays[index] !== day) return undefined;
    if (isYoung(market, instrument.listDate, index)) return undefined;
    const bar = market.lastBar(symbol, day);
    if (bar === undefined) return undefined;
    const cents = (bar.day === day ? bar.preClose : bar.close) * 100;
    const percent = limitPercent(symbol, bar.isSt === true);
    return { up: limitCents(cents, percent) / 100, down: limitCents(cents, -percent) / 100 };
  };
}

/** A calendar that begins after a listing begins long after it, for all that is known. */
function isYoung({ openDays, openIndex }: Market, listDate: PlainDay, index: number): boolean {
  return listDate >= openDays[0]! && index - openIndex(listDate) < DAYS_WITHOUT_LIMIT;
}
