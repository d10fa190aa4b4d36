import type { RowRule } from './rule.ts';

/** The symbol of a row about a stock. */
export const SYMBOL_RULE: RowRule = {
  id: 'unknown_symbol',
  action: 'refuse',
  text: { en: 'the stock list knows the symbol', zh: '股票列表中有该代码' },
  replayAfter: 'stock_basics',
  check: (_, { symbol }) => (symbol.listing === undefined ? `${symbol.symbol} is in no list` : undefined),
};

/** Rules of a row that belongs to one symbol and one trading day. */
export const CELL_RULES: readonly RowRule[] = [
  SYMBOL_RULE,
  {
    id: 'off_calendar',
    action: 'refuse',
    text: { en: 'the exchanges were open on the day', zh: '当日为交易日' },
    replayAfter: 'trade_calendar',
    check: (_, { day }) => (day.isOpen ? undefined : `${day.day} is no trading day`),
  },
  {
    id: 'before_listing',
    action: 'refuse',
    text: { en: 'the day is not before the list date', zh: '日期不早于上市日' },
    replayAfter: 'stock_basics',
    check: (_, { symbol, day }) => {
      const listDate = symbol.listing?.listDate ?? null;
      return listDate !== null && day.day < listDate ? `${day.day}, listed ${listDate}` : undefined;
    },
  },
  {
    id: 'after_delisting',
    action: 'flag',
    text: { en: 'the day is before the listing ended', zh: '日期早于退市日' },
    check: (_, { symbol, day }) => {
      const delistDate = symbol.listing?.delistDate ?? null;
      return delistDate !== null && day.day >= delistDate ? `${day.day}, delisted ${delistDate}` : undefined;
    },
  },
];
