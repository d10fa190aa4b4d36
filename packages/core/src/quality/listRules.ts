import type { Row } from '../dataset/dataset.ts';
import { EXCHANGES, boardOf, exchangeOf } from '../symbol/symbol.ts';
import type { RowContext, RowRule } from './rule.ts';

const STATUSES: readonly unknown[] = ['L', 'D', 'P', 'G'];

/** Rules of one line of the stock list. */
export const STOCK_RULES: readonly RowRule[] = [
  {
    id: 'not_a_share',
    action: 'refuse',
    text: { en: 'the symbol is that of an A share', zh: '代码为 A 股代码' },
    check: (_, { symbol }) =>
      boardOf(symbol.symbol) === undefined ? `${symbol.symbol} is no A share` : undefined,
  },
  {
    id: 'exchange_mismatch',
    action: 'refuse',
    text: { en: "the exchange is the one of the symbol's ending", zh: '交易所与代码后缀一致' },
    check: exchangeMismatch,
  },
  {
    id: 'unknown_status',
    action: 'refuse',
    text: { en: 'the status is L, D, P or G', zh: '上市状态为 L、D、P 或 G' },
    check: (row) => {
      const status = row['list_status'];
      return status === undefined || STATUSES.includes(status) ? undefined : `list_status ${status}`;
    },
  },
  {
    id: 'listing_order',
    action: 'refuse',
    text: { en: 'the listing ends after it begins', zh: '退市日晚于上市日' },
    check: (row) => {
      const { list_date: listed, delist_date: delisted } = row;
      const wrong = typeof listed === 'string' && typeof delisted === 'string' && delisted <= listed;
      return wrong ? `listed ${listed}, delisted ${delisted}` : undefined;
    },
  },
  {
    id: 'list_date_missing',
    action: 'flag',
    text: { en: 'a symbol that trades or traded has a list date', zh: '已上市的代码有上市日' },
    check: (row) => (row['list_date'] === null && row['list_status'] !== 'G' ? 'no list_date' : undefined),
  },
  {
    id: 'delist_date_missing',
    action: 'flag',
    text: { en: 'a delisted symbol has a delist date', zh: '已退市的代码有退市日' },
    check: (row) =>
      row['delist_date'] === null && row['list_status'] === 'D' ? 'no delist_date' : undefined,
  },
];

/** Rules of one day of the trading calendar. */
export const CALENDAR_RULES: readonly RowRule[] = [
  {
    id: 'unknown_exchange',
    action: 'refuse',
    text: { en: 'the exchange is XSHG, XSHE or XBSE', zh: '交易所为 XSHG、XSHE 或 XBSE' },
    check: ({ exchange }) => (isExchange(exchange) ? undefined : `exchange ${exchange}`),
  },
  {
    id: 'weekend_open',
    action: 'refuse',
    text: {
      en: 'Saturdays and Sundays are closed, working days in lieu of holidays as well',
      zh: '周六、周日休市，调休工作日亦然',
    },
    check: (row, { day }) =>
      row['is_open'] === true && day.isWeekend ? `${day.day} is on a weekend` : undefined,
  },
  {
    id: 'previous_day_order',
    action: 'refuse',
    text: { en: 'the trading day before lies before', zh: '上一交易日早于当日' },
    check: (row, { day }) => {
      const previous = row['prev_trade_date'];
      return typeof previous === 'string' && previous >= day.day ? `prev_trade_date ${previous}` : undefined;
    },
  },
  {
    id: 'calendar_changed',
    action: 'flag',
    text: { en: 'the day is open or closed as it was known to be', zh: '开休市与已知日历一致' },
    check: (row, { calendar, day }) => {
      const isKnown = day.day >= calendar.firstDay && !calendar.isAssumed(day.day);
      const changed = isKnown && typeof row['is_open'] === 'boolean' && row['is_open'] !== day.isOpen;
      return changed ? `${day.day} was known as ${day.isOpen ? 'open' : 'closed'}` : undefined;
    },
  },
];

function exchangeMismatch({ exchange }: Row, { symbol }: RowContext): string | undefined {
  const matches = exchange === undefined || exchange === exchangeOf(symbol.symbol);
  return matches ? undefined : `${symbol.symbol} on ${exchange}`;
}

function isExchange(value: Row[string] | undefined): boolean {
  return (EXCHANGES as readonly unknown[]).includes(value);
}
