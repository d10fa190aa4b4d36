import type { Row } from '../dataset/dataset.ts';
import { numberIn, type Rule } from './rule.ts';

/** The only rule about many rows at once: one wrong unit shows in all of them alike. */
export const SLIP_RULES: readonly Rule[] = [
  {
    id: 'factor_100_slip',
    action: 'refuse',
    text: {
      en: 'amount = volume × price over the rows of a board, with no power of ten between them',
      zh: '同一板块各行成交额与成交量×价格之间没有 10 的整数次幂偏差',
    },
  },
];

/** How near to a power of ten the median must be, in decades: about a quarter up or down. */
const NEARNESS = 0.1;

/**
 * Amount against volume × typical price: about 1 where units are right; NaN where nothing was traded.
 * @example amountRatio({ high: 10, low: 10, close: 10, volume: 100, amount: 100_000 }) // 100
 */
export function amountRatio(row: Row): number {
  const close = row['close'] === undefined ? numberIn(row, 'last') : numberIn(row, 'close');
  const typical = (numberIn(row, 'high') + numberIn(row, 'low') + close) / 3;
  const ratio = numberIn(row, 'amount') / (numberIn(row, 'volume') * typical);
  return ratio > 0 && ratio < Infinity ? ratio : Number.NaN;
}

/**
 * The power of ten by which the units of some rows are wrong, from the median of their amount ratios;
 * undefined where they are right, or wrong in another way. It sorts the ratios.
 * @example slipFactor(Float64Array.of(100.2, 99.8, 101)) // 100
 */
export function slipFactor(ratios: Float64Array): number | undefined {
  if (ratios.length === 0) return undefined;
  const decades = Math.log10(ratios.sort()[ratios.length >>> 1]!);
  const power = Math.round(decades);
  return power !== 0 && Math.abs(decades - power) < NEARNESS ? 10 ** power : undefined;
}
