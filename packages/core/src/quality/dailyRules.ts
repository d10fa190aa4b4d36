import type { Row } from '../dataset/dataset.ts';
import { numberIn, type RowRule } from './rule.ts';

/** Rules of one row of daily indicators. Ratios to earnings or cash flow may be negative: they are not judged. */
export const INDICATOR_RULES: readonly RowRule[] = [
  {
    id: 'rate_negative',
    action: 'refuse',
    text: { en: 'turnover, volume ratio and yield are not negative', zh: '换手率、量比、股息率不为负' },
    check: (row) => negative(row, RATES),
  },
  {
    id: 'shares_negative',
    action: 'refuse',
    text: { en: 'numbers of shares are not negative', zh: '股本不为负' },
    check: (row) => negative(row, SHARES),
  },
  {
    id: 'value_negative',
    action: 'refuse',
    text: { en: 'market values are not negative', zh: '市值不为负' },
    check: (row) => negative(row, VALUES),
  },
  {
    id: 'turnover_above_100',
    action: 'flag',
    text: { en: 'no more than all float shares change hands', zh: '换手率不超过 100 %' },
    check: (row) =>
      numberIn(row, 'turnover_rate') > 100 ? `turnover_rate ${row['turnover_rate']} %` : undefined,
  },
  {
    id: 'float_above_total',
    action: 'flag',
    text: { en: 'free-float shares ≤ float shares ≤ all shares', zh: '自由流通股 ≤ 流通股 ≤ 总股本' },
    check: floatAboveTotal,
  },
];

/** Rules of one adjustment factor. Only ratios of factors carry meaning, so any size is right. */
export const FACTOR_RULES: readonly RowRule[] = [
  {
    id: 'factor_positive',
    action: 'refuse',
    text: { en: 'the factor is above zero', zh: '复权因子大于零' },
    check: (row) => (numberIn(row, 'adj_factor') <= 0 ? `adj_factor ${row['adj_factor']}` : undefined),
  },
];

const RATES = ['turnover_rate', 'turnover_rate_free', 'volume_ratio', 'dv_ratio', 'dv_ttm'];
const SHARES = ['total_share', 'float_share', 'free_share'];
const VALUES = ['total_mv', 'circ_mv'];

function negative(row: Row, columns: readonly string[]): string | undefined {
  for (const name of columns) if (numberIn(row, name) < 0) return `${name} ${row[name]}`;
  return undefined;
}

function floatAboveTotal(row: Row): string | undefined {
  const total = numberIn(row, 'total_share');
  const float = numberIn(row, 'float_share');
  if (float > total) return `float_share ${float}, total_share ${total}`;
  return numberIn(row, 'free_share') > float
    ? `free_share ${row['free_share']}, float_share ${float}`
    : undefined;
}
