import type { PlainDay, Symbol } from '@tapekeeper/core';
import type { DividendFact, Facts } from '../facts.ts';
import type { Instrument } from '../universe.ts';
import { between, drawsOf } from './draws.ts';
import type { Market } from './market.ts';

interface Base {
  /** Float shares before any shares were given. */
  readonly float: number;
  readonly total: number;
  readonly given: readonly { readonly exDay: PlainDay; readonly growth: number }[];
}

/**
 * Shares that grow with each bonus and transfer and else stay as they are. Where the bars tell a rate of
 * turnover, the float is about what it follows from.
 */
export function sharesOf(
  market: Market,
  seed: number,
  dividends: (symbol: Symbol) => readonly DividendFact[],
): Facts['shares'] {
  const bases = new Map<Symbol, Base>();
  return (symbol, day) => {
    let base = bases.get(symbol);
    if (base === undefined) {
      base = baseOf(market, seed, symbol, dividends(symbol));
      bases.set(symbol, base);
    }
    const growth = growthOn(base.given, day);
    return { total: Math.round(base.total * growth), float: Math.round(base.float * growth) };
  };
}

function baseOf(market: Market, seed: number, symbol: Symbol, dividends: readonly DividendFact[]): Base {
  const given = dividends.flatMap(({ bonus, transfer, carriedOut }) =>
    carriedOut !== undefined && bonus + transfer > 0
      ? [{ exDay: carriedOut.exDay, growth: 1 + bonus + transfer }]
      : [],
  );
  const draw = drawsOf(seed, 'shares', symbol);
  const known = floatOf(market, market.instrument(symbol));
  const float =
    known === undefined
      ? Math.round(10 ** between(draw, 7.5, 9.3))
      : Math.round(known.float / growthOn(given, known.day));
  return { float, total: Math.round(float / between(draw, 0.4, 1)), given };
}

/** Shares traded against their share of the float, on the day of the most turnover of the first months. */
function floatOf(
  market: Market,
  instrument: Instrument | undefined,
): { readonly float: number; readonly day: PlainDay } | undefined {
  if (instrument === undefined) return undefined;
  const start = Math.max(market.openIndex(instrument.listDate), market.openIndex(market.firstDay));
  let best: { float: number; day: PlainDay; rate: number } | undefined;
  for (const day of market.openDays.slice(start, start + 40)) {
    const bar = market.bar(instrument.symbol, day);
    if (bar === undefined || !bar.traded || !(bar.turnoverRate > (best?.rate ?? 0))) continue;
    best = { float: (bar.volume * 100) / bar.turnoverRate, day, rate: bar.turnoverRate };
  }
  return best;
}

function growthOn(given: Base['given'], day: PlainDay): number {
  return given.reduce((growth, step) => (step.exDay <= day ? growth * step.growth : growth), 1);
}
