import type { PlainDay, Symbol } from '@tapekeeper/core';
import type { Facts, SuspensionFact } from '../facts.ts';
import { drawsOf, oneOf } from './draws.ts';
import type { Market } from './market.ts';

const REASONS = ['重大事项', '筹划重大资产重组', '刊登重要公告', '异常波动', '未能按期披露定期报告'];
const RESUMED = '复牌';

/** A stock that is listed and has no trade is suspended; the first day with trade after that it resumes. */
export function suspensionsOf(market: Market, seed: number): Facts['suspensions'] {
  const absentees = new Map<PlainDay, ReadonlySet<Symbol>>();
  const absentOn = (day: PlainDay): ReadonlySet<Symbol> => {
    let absent = absentees.get(day);
    if (absent === undefined) {
      absent = new Set(market.attendance(day).absent);
      absentees.set(day, absent);
    }
    return absent;
  };
  return (day) => {
    const index = market.openIndex(day);
    if (market.openDays[index] !== day || day < market.firstDay || day > market.lastDay) return [];
    const absent = absentOn(day);
    const before = index > 0 ? absentOn(market.openDays[index - 1]!) : new Set<Symbol>();
    const facts: SuspensionFact[] = [...absent].map((symbol) => ({
      symbol,
      type: 'S',
      reason: oneOf(drawsOf(seed, 'suspension', symbol), REASONS),
    }));
    for (const symbol of before) {
      if (!absent.has(symbol) && market.bar(symbol, day)?.traded === true)
        facts.push({ symbol, type: 'R', reason: RESUMED });
    }
    return facts.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  };
}
