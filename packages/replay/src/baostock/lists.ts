import type { TradingCalendar } from '../world/tradingCalendar.ts';
import type { Universe } from '../world/universe.ts';
import { type BaostockQuestion, codeOfSymbol, dashedDay, listed, rangeOf, symbolOfCode } from './question.ts';
import { BAOSTOCK_REFUSALS, RefusedQuestion } from './refusals.ts';

/** The calendar, ascending; the spaces within `fields` are the server's own. */
export function tradeDatesQuestion(universe: Universe, calendar: TradingCalendar): BaostockQuestion {
  return {
    method: 'query_trade_dates',
    requestType: '33',
    replyType: '34',
    params: ['start_date', 'end_date'],
    fields: 'calendar_date, is_trading_day',
    packed: false,
    answer([start = '', end = '']) {
      const [from, to] = rangeOf(start, end, universe.lastDay);
      const days = calendar.days('SSE').filter(({ day }) => day >= from && day <= to);
      return listed(days, ({ day, open }) => [day, open ? '1' : '0']);
    },
  };
}

/** Symbols with a row on a day; none on days without trade. The data hold no indices. */
export function allStockQuestion(universe: Universe): BaostockQuestion {
  const { table } = universe;
  return {
    method: 'query_all_stock',
    requestType: '35',
    replyType: '36',
    params: ['day'],
    fields: 'code,tradeStatus,code_name',
    packed: false,
    answer([text = '']) {
      const day = text === '' ? universe.lastDay : dashedDay(text);
      if (day === undefined) throw new RefusedQuestion(BAOSTOCK_REFUSALS.badDay);
      const index = table.days.indexOf(day);
      const rows = index < 0 ? [] : [...table.rowsOfDay(index)];
      const served = rows.flatMap((row) => {
        const instrument = universe.instrumentAt(table.rowSymbol[row]!);
        return instrument === undefined ? [] : [{ instrument, suspended: table.suspended[row] === 1 }];
      });
      return listed(served, ({ instrument, suspended }) => [
        codeOfSymbol(instrument.symbol),
        suspended ? '0' : '1',
        instrument.name,
      ]);
    },
  };
}

/** The stock list, whole or by code or part of a name. */
export function stockBasicQuestion(universe: Universe): BaostockQuestion {
  return {
    method: 'query_stock_basic',
    requestType: '45',
    replyType: '46',
    params: ['code', 'code_name'],
    fields: 'code, code_name, ipoDate, outDate, type, status',
    packed: false,
    answer([code = '', name = '']) {
      const symbol = code === '' ? undefined : symbolOfCode(code);
      const asked = universe.instruments.filter(
        (instrument) =>
          (symbol === undefined || instrument.symbol === symbol) && instrument.name.includes(name),
      );
      return listed(asked, (instrument) => [
        codeOfSymbol(instrument.symbol),
        instrument.name,
        instrument.listDate,
        instrument.delistDate ?? '',
        '1',
        instrument.delistDate === undefined ? '1' : '0',
      ]);
    },
  };
}
