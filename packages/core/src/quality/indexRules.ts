import { EXCHANGES, boardOf, exchangeOf } from '../symbol/symbol.ts';
import { PRICE_RULES } from './barRules.ts';
import { numberIn, type RowRule } from './rule.ts';

/** Rules of one line of the index list. */
export const INDEX_LIST_RULES: readonly RowRule[] = [
  {
    id: 'unknown_index',
    action: 'refuse',
    text: { en: 'the symbol is none of an A share', zh: '代码不是 A 股代码' },
    check: (_, { symbol }) =>
      boardOf(symbol.symbol) === undefined ? undefined : `${symbol.symbol} is an A share`,
  },
  {
    id: 'exchange_mismatch',
    action: 'refuse',
    text: { en: "the exchange is the one of the symbol's ending", zh: '交易所与代码后缀一致' },
    check: ({ exchange }, { symbol }) =>
      exchange === undefined ||
      (EXCHANGES.some((known) => known === exchange) && exchange === exchangeOf(symbol.symbol))
        ? undefined
        : `${symbol.symbol} on ${exchange}`,
  },
];

/** Rules of one daily bar of an index. */
export const INDEX_BAR_RULES: readonly RowRule[] = [
  {
    id: 'unknown_index',
    action: 'refuse',
    text: { en: 'the index list knows the symbol', zh: '指数列表中有该代码' },
    replayAfter: 'index_basics',
    check: (_, { symbol }) => (symbol.listing === undefined ? `${symbol.symbol} is in no list` : undefined),
  },
  {
    id: 'off_calendar',
    action: 'refuse',
    text: { en: 'the exchanges were open on the day', zh: '当日为交易日' },
    replayAfter: 'trade_calendar',
    check: (_, { day }) => (day.isOpen ? undefined : `${day.day} is no trading day`),
  },
  ...PRICE_RULES,
  {
    id: 'limit_exceeded',
    action: 'flag',
    text: { en: 'the value changes by no more than 30 % a day', zh: '单日涨跌不超过 30 %' },
    check: (row) => {
      const ratio = numberIn(row, 'close') / numberIn(row, 'pre_close');
      return ratio > 1.3 || ratio < 0.7 ? `close ${row['close']}, pre_close ${row['pre_close']}` : undefined;
    },
  },
];
