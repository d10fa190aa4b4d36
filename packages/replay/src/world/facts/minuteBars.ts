import { shanghaiInstant, type Symbol } from '@tapekeeper/core';
import type { Random } from '../../random.ts';
import type { Facts, MinuteBar } from '../facts.ts';
import { drawsOf, wholeOf } from './draws.ts';
import type { DayBar, Market } from './market.ts';

const BARS = 48;
const MORNING = 9 * 60 + 30;
const AFTERNOON = 13 * 60;
const LOT = 100;

/** Bars of a traded day; none for other days. */
export function minuteBarsOf(market: Market, seed: number): Facts['minuteBars'] {
  return (symbol, day) => {
    const bar = market.bar(symbol, day);
    return bar === undefined || !bar.traded || bar.volume === 0 ? [] : splitBar(seed, symbol, bar);
  };
}

/** The daily bar as 48 bars: everything in whole units of price, shares and cents, so that sums are exact. */
export function splitBar(seed: number, symbol: Symbol, bar: DayBar): readonly MinuteBar[] {
  const draw = drawsOf(seed, 'minutes', symbol, bar.day);
  const units = isCents(bar) ? 100 : 10_000;
  const prices = pathOf(draw, {
    open: Math.round(bar.open * units),
    high: Math.round(bar.high * units),
    low: Math.round(bar.low * units),
    close: Math.round(bar.close * units),
  });
  const volumes = spreadVolume(draw, bar.volume, prices.busy);
  const cents = spreadAmount(
    Math.round(bar.amount * 100),
    volumes.map((volume, index) => volume * middle(prices.bars[index]!)),
  );
  return prices.bars.map(({ open, high, low, close }, index) => ({
    at: shanghaiInstant(bar.day, endOf(index)),
    open: open / units,
    high: high / units,
    low: low / units,
    close: close / units,
    volume: volumes[index]!,
    amount: cents[index]! / 100,
  }));
}

interface Prices {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

function isCents({ open, high, low, close }: DayBar): boolean {
  return [open, high, low, close].every((price) => Math.abs(price * 100 - Math.round(price * 100)) < 1e-6);
}

function endOf(index: number): number {
  return index < BARS / 2 ? MORNING + 5 * (index + 1) : AFTERNOON + 5 * (index + 1 - BARS / 2);
}

/** A walk from open to close that touches both extremes; `busy` are the bars that cannot do without trade. */
function pathOf(
  draw: Random,
  day: Prices,
): { readonly bars: readonly Prices[]; readonly busy: readonly number[] } {
  const range = day.high - day.low;
  const clamp = (price: number): number => Math.min(day.high, Math.max(day.low, Math.round(price)));
  const highAt = wholeOf(draw, BARS);
  const lowAt = wholeOf(draw, BARS);
  const bars: Prices[] = [];
  let open = day.open;
  for (let index = 0; index < BARS; index += 1) {
    const done = (index + 1) / BARS;
    const drift = day.open + (day.close - day.open) * done;
    const close =
      index === BARS - 1 ? day.close : clamp(drift + range * (draw() - 0.5) * Math.sqrt(done * (1 - done)));
    const reach = (range * draw()) / 12;
    bars.push({
      open,
      close,
      high: index === highAt ? day.high : clamp(Math.max(open, close) + reach * draw()),
      low: index === lowAt ? day.low : clamp(Math.min(open, close) - reach * draw()),
    });
    open = close;
  }
  return { bars, busy: [BARS - 1, 0, highAt, lowAt] };
}

/** Lots in the shape of a session, more at its ends; shares short of a lot come last. */
function spreadVolume(draw: Random, volume: number, busy: readonly number[]): readonly number[] {
  const lots = Math.floor(volume / LOT);
  const weights = Array.from(
    { length: BARS },
    (_, index) => (1 + ((index - BARS / 2) / 16) ** 2) * (0.4 + draw()),
  );
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const given = weights.map((weight) => Math.floor((lots * weight) / whole));
  let left = lots - given.reduce((sum, count) => sum + count, 0);
  for (const index of busy) {
    if (given[index] !== 0 || left === 0) continue;
    given[index] = 1;
    left -= 1;
  }
  given[BARS - 1]! += left;
  return given.map((count, index) => count * LOT + (index === BARS - 1 ? volume - lots * LOT : 0));
}

/** Whole cents in proportion to the weights; what rounding leaves goes to the bar of the most weight. */
function spreadAmount(cents: number, weights: readonly number[]): readonly number[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const given = weights.map((weight) => Math.floor(cents * (weight / whole)));
  const heaviest = weights.indexOf(Math.max(...weights));
  given[heaviest]! += cents - given.reduce((sum, part) => sum + part, 0);
  return given;
}

function middle({ open, high, low, close }: Prices): number {
  return (open + high + low + close) / 4;
}
