import { shanghaiInstant } from '../day.ts';
import { PRICE_RULES } from './barRules.ts';
import { numberIn, type RowRule } from './rule.ts';

/** Ends of the five-minute bars of a session, in minutes after midnight: (9:30, 11:30] and (13:00, 15:00]. */
const FIRST_ENDS = [
  [9 * 60 + 35, 11 * 60 + 30],
  [13 * 60 + 5, 15 * 60],
] as const;

/** Five-minute bars of a whole session. */
export const BARS_A_SESSION = 48;

/** Rules of one five-minute bar. */
export const MINUTE_RULES: readonly RowRule[] = [
  {
    id: 'off_session',
    action: 'refuse',
    text: {
      en: 'the bar ends on a five-minute mark of the session of its day',
      zh: '时间为当日交易时段内的五分钟整点',
    },
    check: (row, { day }) => {
      const minutes = (numberIn(row, 'bar_time') - shanghaiInstant(day.day, 0)) / 60_000;
      const inSession = FIRST_ENDS.some(([first, last]) => minutes >= first && minutes <= last);
      return inSession && minutes % 5 === 0 ? undefined : `minute ${minutes} of ${day.day}`;
    },
  },
  ...PRICE_RULES,
];

/** Rules of one quote of a session. */
export const QUOTE_RULES: readonly RowRule[] = [
  ...PRICE_RULES.filter(({ id }) => id !== 'ohlc_order'),
  {
    id: 'quote_scale',
    action: 'refuse',
    text: {
      en: 'the last price is within half and twice the reference price',
      zh: '现价在昨收的一半至两倍之间',
    },
    check: (row, { symbol, day }) => {
      const ratio = numberIn(row, 'last') / numberIn(row, 'pre_close');
      const isYoung = symbol.listedFrom < 0 || day.openIndex - symbol.listedFrom < 5;
      return !isYoung && (ratio > 2 || ratio < 0.5)
        ? `last ${row['last']}, pre_close ${row['pre_close']}`
        : undefined;
    },
  },
];

/** Rules of the limits of one day. */
export const LIMIT_RULES: readonly RowRule[] = [
  {
    id: 'price_positive',
    action: 'refuse',
    text: { en: 'every price is above zero', zh: '各价格大于零' },
    check: (row) =>
      numberIn(row, 'down_limit') <= 0 || numberIn(row, 'up_limit') <= 0
        ? `limits ${row['down_limit']} and ${row['up_limit']}`
        : undefined,
  },
  {
    id: 'limit_order',
    action: 'refuse',
    text: { en: 'the lower limit is below the upper one', zh: '跌停价低于涨停价' },
    check: (row) =>
      numberIn(row, 'down_limit') >= numberIn(row, 'up_limit')
        ? `limits ${row['down_limit']} and ${row['up_limit']}`
        : undefined,
  },
];
