import type { Facts } from '../facts.ts';
import { announcementsOf } from './announcements.ts';
import { dividendsOf } from './dividends.ts';
import { indexBarsOf } from './indexBars.ts';
import { INDEX_RULES } from './indices.ts';
import { limitsOf } from './limits.ts';
import { type BareWorld, makeMarket } from './market.ts';
import { minuteBarsOf } from './minuteBars.ts';
import { namesOf } from './names.ts';
import { newsOf } from './news.ts';
import { reportsOf } from './reports.ts';
import { sharesOf } from './shares.ts';
import { suspensionsOf } from './suspensions.ts';

/**
 * Facts that fit the bars, factors and lists of a world, and are drawn where those say nothing. The same
 * world and seed give the same facts, in whatever order they are asked for; what is dear to make is
 * kept, a stock at a time.
 */
export function makeFacts(world: BareWorld, seed: number): Facts {
  const market = makeMarket(world);
  const dividends = dividendsOf(market, seed);
  const shares = sharesOf(market, seed, dividends);
  return {
    indices: INDEX_RULES.map(({ scope: _, ...index }) => index),
    indexBars: indexBarsOf(market, seed),
    minuteBars: minuteBarsOf(market, seed),
    reports: reportsOf(market, seed, shares),
    dividends,
    suspensions: suspensionsOf(market, seed),
    limits: limitsOf(market),
    names: namesOf(market, seed),
    shares,
    news: newsOf(market, seed),
    announcements: announcementsOf(market, seed),
  };
}
