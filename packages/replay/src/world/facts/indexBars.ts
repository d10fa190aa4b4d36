import { boardOf, type PlainDay, type Symbol } from '@tapekeeper/core';
import type { Facts, IndexBar } from '../facts.ts';
import type { Instrument } from '../universe.ts';
import { between, drawsOf, hashOf } from './draws.ts';
import { INDEX_RULES, type IndexRule, type IndexScope } from './indices.ts';
import type { DayBar, Market } from './market.ts';
import { rounded } from './rounding.ts';

/** Members of an index at most: enough for a market's mean, few enough to be read in no time. */
const MOST_MEMBERS = 150;

/**
 * Indices whose days move by the weighted mean of their members' days, from a level that is drawn for
 * the first day of the world on. The members are a fixed choice of the stocks of the index's scope.
 */
export function indexBarsOf(market: Market, seed: number): Facts['indexBars'] {
  const made = new Map<Symbol, readonly IndexBar[]>();
  return (symbol, from, to) => {
    const rule = INDEX_RULES.find((each) => each.symbol === symbol);
    if (rule === undefined) return [];
    let bars = made.get(symbol);
    if (bars === undefined) {
      bars = barsOf(market, seed, rule);
      made.set(symbol, bars);
    }
    return bars.filter(({ day }) => day >= from && day <= to);
  };
}

interface Sums {
  weight: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  amount: number;
}

function barsOf(market: Market, seed: number, rule: IndexRule): readonly IndexBar[] {
  const sums = new Map<PlainDay, Sums>();
  for (const { symbol } of membersOf(market, seed, rule)) {
    const weight = between(drawsOf(seed, 'weight', rule.symbol, symbol), 0.2, 1);
    for (const bar of market.bars(symbol)) if (bar.traded) add(sums, bar, weight);
  }
  const start = market.openIndex(market.firstDay);
  let last = rounded(rule.basePoint * between(drawsOf(seed, 'level', rule.symbol), 1, 4), 2);
  const bars: IndexBar[] = [];
  for (let index = start; index < market.openDays.length; index += 1) {
    const day = market.openDays[index]!;
    if (day > market.lastDay) break;
    const bar = barOn(day, last, sums.get(day));
    if (day >= rule.listDate) bars.push(bar);
    last = bar.close;
  }
  return bars;
}

function add(sums: Map<PlainDay, Sums>, bar: DayBar, weight: number): void {
  let sum = sums.get(bar.day);
  if (sum === undefined) {
    sum = { weight: 0, open: 0, high: 0, low: 0, close: 0, volume: 0, amount: 0 };
    sums.set(bar.day, sum);
  }
  // A first day may double a price; no index takes it in at that.
  const ratio = (price: number): number => Math.min(1.3, Math.max(0.7, price / bar.preClose));
  sum.weight += weight;
  sum.open += weight * ratio(bar.open);
  sum.high += weight * ratio(bar.high);
  sum.low += weight * ratio(bar.low);
  sum.close += weight * ratio(bar.close);
  sum.volume += bar.volume;
  sum.amount += bar.amount;
}

function barOn(day: PlainDay, preClose: number, sum: Sums | undefined): IndexBar {
  const value = (part: number): number =>
    sum === undefined ? preClose : rounded((preClose * part) / sum.weight, 2);
  const open = value(sum?.open ?? 0);
  const close = value(sum?.close ?? 0);
  return {
    day,
    open,
    close,
    // Members reach their extremes at different times of the day, an index lies within their mean.
    high: Math.max(open, close, value(sum?.high ?? 0)),
    low: Math.min(open, close, value(sum?.low ?? 0)),
    preClose,
    volume: Math.floor((sum?.volume ?? 0) / 100) * 100,
    amount: Math.floor((sum?.amount ?? 0) / 1000) * 1000,
  };
}

function membersOf(market: Market, seed: number, { symbol, scope }: IndexRule): readonly Instrument[] {
  const within = market.instruments.filter((instrument) => isWithin(scope, instrument.symbol));
  const candidates = within.length > 0 ? within : market.instruments;
  return candidates
    .map((instrument) => ({ instrument, rank: hashOf(`${seed}|member|${symbol}|${instrument.symbol}`) }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MOST_MEMBERS)
    .map(({ instrument }) => instrument);
}

function isWithin(scope: IndexScope, symbol: Symbol): boolean {
  switch (scope) {
    case 'all':
      return true;
    case 'sh':
      return symbol.endsWith('.SH');
    case 'sz':
      return symbol.endsWith('.SZ');
    case 'star':
    case 'chinext':
    case 'bse':
      return boardOf(symbol) === scope;
  }
}
