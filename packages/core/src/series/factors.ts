import type { PlainDay } from '../day.ts';

/** How the prices of a series are made comparable across days without rights. */
export type Adjust = 'none' | 'qfq' | 'hfq';

export const ADJUSTS: readonly Adjust[] = ['none', 'qfq', 'hfq'];

/** The cumulative backward factor of a symbol on a day. */
export interface FactorPoint {
  readonly day: PlainDay;
  readonly factor: number;
}

/** What the raw prices of a day are multiplied with, and then divided by. */
export interface Adjustment {
  readonly factor: number;
  readonly base: number;
}

/**
 * The factor on a day: of the day itself or, where that has none, of the nearest day before it. Undefined
 * before the first one. The points ascend by day.
 * @example factorOn([{ day: monday, factor: 2 }], tuesday) // 2
 */
export function factorOn(points: readonly FactorPoint[], day: PlainDay): number | undefined {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle] as FactorPoint).day <= day) low = middle + 1;
    else high = middle;
  }
  return points[low - 1]?.factor;
}

/**
 * How the prices of one symbol are adjusted, day by day, after Tushare: `hfq` is raw * F(t), `qfq` is
 * raw * F(t) / F(T), where T is the last of the points. Undefined on days before the first factor: there
 * is no adjusted price, and a raw one in its place would be a lie.
 * @example adjuster([{ day, factor: 4 }], 'hfq')(day) // { factor: 4, base: 1 }
 */
export function adjuster(
  points: readonly FactorPoint[],
  adjust: Exclude<Adjust, 'none'>,
): (day: PlainDay) => Adjustment | undefined {
  const base = adjust === 'qfq' ? (points.at(-1)?.factor ?? 1) : 1;
  return (day) => {
    const factor = factorOn(points, day);
    return factor === undefined ? undefined : { factor, base };
  };
}

/**
 * An adjusted price in yuan with two decimals. The order of the operations is that of Tushare's own
 * client, so that results agree to the last bit.
 * @example adjustedPrice(10, { factor: 1.5, base: 2 }) // 7.5
 */
export function adjustedPrice(price: number, { factor, base }: Adjustment): number {
  return toCents(base === 1 ? price * factor : (price * factor) / base);
}

/** Farther from the middle of two cents than this, no error of the multiplication can matter. */
const NEAR_TIE = 1e-4;

/**
 * Two decimals as Python's `'%.2f'` writes them: the nearest to the exact value of the double, and the
 * even one of two that are equally near.
 * @example toCents(0.125) // 0.12
 */
export function toCents(value: number): number {
  const cents = value * 100;
  const below = Math.floor(cents);
  if (Math.abs(cents - below - 0.5) > NEAR_TIE) return Math.round(cents) / 100 + 0;
  const eighths = value * 8;
  // of the numbers halfway between two cents a double can hold the odd eighths only
  if (Number.isInteger(eighths) && eighths % 2 !== 0) return (below % 2 === 0 ? below : below + 1) / 100;
  return Number(value.toFixed(2));
}
