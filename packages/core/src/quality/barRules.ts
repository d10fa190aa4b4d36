import type { Row } from '../dataset/dataset.ts';
import type { Board } from '../symbol/symbol.ts';
import { numberIn, type RowContext, type RowRule } from './rule.ts';

/** How far a close may lie from the reference price on a day, in percent, by board. */
const LIMIT_PERCENT: Readonly<Record<Board, number>> = { main: 10, star: 20, chinext: 20, bse: 30 };

/** How much farther a change may go before it is doubted, in percent. */
const LIMIT_TOLERANCE = 0.2;

/**
 * Limit prices are rounded to cents, so that 1.76 may rise by 10.2 %. The hair above half a cent is for
 * binary fractions.
 */
const HALF_CENT = 0.0051;

/** Trading days from the first on which a new listing has no limit. */
const DAYS_WITHOUT_LIMIT = 5;

/** The mean price of a day lies between its low and its high, but for the rounding of volume and amount. */
const MEAN_PRICE_TOLERANCE = 0.01;

const PRICES = ['open', 'high', 'low', 'close', 'last', 'pre_close'] as const;

/** Rules of the prices and sums of any bar. */
export const PRICE_RULES: readonly RowRule[] = [
  {
    id: 'price_positive',
    action: 'refuse',
    text: { en: 'every price is above zero', zh: '各价格大于零' },
    check: notPositive,
  },
  {
    id: 'ohlc_order',
    action: 'refuse',
    text: {
      en: 'no price of the day is above the high or below the low',
      zh: '开盘、收盘价在最高与最低价之间',
    },
    check: outOfOrder,
  },
  {
    id: 'volume_negative',
    action: 'refuse',
    text: { en: 'volume is not negative', zh: '成交量不为负' },
    check: (row) => (numberIn(row, 'volume') < 0 ? `volume ${row['volume']}` : undefined),
  },
  {
    id: 'amount_negative',
    action: 'refuse',
    text: { en: 'amount is not negative', zh: '成交额不为负' },
    check: (row) => (numberIn(row, 'amount') < 0 ? `amount ${row['amount']}` : undefined),
  },
];

/** Rules of one daily bar. */
export const BAR_RULES: readonly RowRule[] = [
  ...PRICE_RULES,
  {
    id: 'limit_exceeded',
    action: 'flag',
    text: {
      en: 'the change is within the limit of the board (10, 20 or 30 %), after the first five days',
      zh: '涨跌幅在板块限制内（10、20 或 30 %），上市前五日除外',
    },
    check: beyondLimit,
  },
  {
    id: 'amount_volume_mismatch',
    action: 'flag',
    text: { en: 'amount per share lies between low and high', zh: '每股成交均价在最低与最高价之间' },
    check: meanPriceOutside,
  },
];

function notPositive(row: Row): string | undefined {
  for (const name of PRICES) if (numberIn(row, name) <= 0) return `${name} ${row[name]}`;
  return undefined;
}

function outOfOrder(row: Row): string | undefined {
  const { open, high, low, close } = row;
  const top = numberIn(row, 'high');
  const bottom = numberIn(row, 'low');
  const opened = numberIn(row, 'open');
  const closed = numberIn(row, 'close');
  const wrong = opened > top || closed > top || bottom > top || opened < bottom || closed < bottom;
  return wrong ? `open ${open}, high ${high}, low ${low}, close ${close}` : undefined;
}

function beyondLimit(row: Row, { symbol, day }: RowContext): string | undefined {
  const board = symbol.listing?.board ?? null;
  if (board === null || symbol.listedFrom < 0 || day.openIndex - symbol.listedFrom < DAYS_WITHOUT_LIMIT)
    return undefined;
  const reference = numberIn(row, 'pre_close');
  const change = numberIn(row, 'close') - reference;
  const limit = LIMIT_PERCENT[board];
  const farthest = Math.max(
    (reference * (limit + LIMIT_TOLERANCE)) / 100,
    (reference * limit) / 100 + HALF_CENT,
  );
  if (!(Math.abs(change) > farthest)) return undefined;
  return `${((change / reference) * 100).toFixed(2)} % from ${reference}, the limit is ${limit} %`;
}

function meanPriceOutside(row: Row): string | undefined {
  const volume = numberIn(row, 'volume');
  const amount = numberIn(row, 'amount');
  if (volume === 0) return amount > 0 ? `amount ${amount} without volume` : undefined;
  const mean = amount / volume;
  const low = numberIn(row, 'low');
  const high = numberIn(row, 'high');
  const outside = mean < low * (1 - MEAN_PRICE_TOLERANCE) || mean > high * (1 + MEAN_PRICE_TOLERANCE);
  return outside ? `${mean.toFixed(4)} a share, low ${low}, high ${high}` : undefined;
}
