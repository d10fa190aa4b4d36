import { compactDay } from '@tapekeeper/core';
import type { CalendarDay, TradingCalendar } from '../world/tradingCalendar.ts';
import { pageItems, type TushareApi } from './api.ts';
import { dayParam } from './question.ts';

const COLUMNS = ['exchange', 'cal_date', 'is_open', 'pretrade_date'];

/** The calendar of an exchange, newest day first. */
export function tradeCalApi(calendar: TradingCalendar, cap: number): TushareApi {
  return {
    name: 'trade_cal',
    columns: COLUMNS,
    defaults: COLUMNS,
    cap,
    answer(params, fields, page, faults) {
      const exchange = params['exchange'] || 'SSE';
      const from = dayParam(params, 'start_date');
      const to = dayParam(params, 'end_date');
      const open = params['is_open'] ?? '';
      const rows = calendar
        .days(exchange)
        .filter(
          (row) =>
            (from === undefined || row.day >= from) &&
            (to === undefined || row.day <= to) &&
            (open === '' || open === (row.open ? '1' : '0')),
        )
        .reverse();
      return pageItems(
        rows,
        page,
        faults,
        (row) => `[${fields.map((field) => cellOf(row, exchange, field)).join(',')}]`,
      );
    },
  };
}

function cellOf(row: CalendarDay, exchange: string, field: string): string {
  switch (field) {
    case 'exchange':
      return JSON.stringify(exchange);
    case 'cal_date':
      return `"${compactDay(row.day)}"`;
    case 'is_open':
      return row.open ? '1' : '0';
    default:
      return row.previous === undefined ? 'null' : `"${compactDay(row.previous)}"`;
  }
}
