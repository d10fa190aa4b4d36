import type { PlainDay } from '@tapekeeper/core';
import { hasRow } from '../faults/dataFaults.ts';
import type { IndexFact } from '../world/facts.ts';
import type { World } from '../world/openWorld.ts';
import { type BaostockQuestion, codeOfSymbol, dashedDay, listed, rangeOf, symbolOfCode } from './question.ts';
import { BAOSTOCK_REFUSALS, RefusedQuestion } from './refusals.ts';

/** The calendar, ascending; the spaces within `fields` are the server's own. */
export function tradeDatesQuestion({ baostock, calendar }: World): BaostockQuestion {
  return {
    method: 'query_trade_dates',
    requestType: '33',
    replyType: '34',
    params: ['start_date', 'end_date'],
    fields: 'calendar_date, is_trading_day',
    packed: false,
    answer([start = '', end = '']) {
      const [from, to] = rangeOf(start, end, baostock.lastDay);
      const days = calendar.days('SSE').filter(({ day }) => day >= from && day <= to);
      return listed(days, ({ day, open }) => [day, open ? '1' : '0']);
    },
  };
}

/** Stocks and indices with a row on a day, in the order of their codes; none on days without trade. */
export function allStockQuestion(world: World): BaostockQuestion {
  const { baostock: universe, facts } = world;
  const { table } = universe;
  return {
    method: 'query_all_stock',
    requestType: '35',
    replyType: '36',
    params: ['day'],
    fields: 'code,tradeStatus,code_name',
    packed: false,
    answer([text = ''], faults) {
      const day = text === '' ? universe.lastDay : dashedDay(text);
      if (day === undefined) throw new RefusedQuestion(BAOSTOCK_REFUSALS.badDay);
      const index = table.days.indexOf(day);
      const rows = index < 0 ? [] : [...table.rowsOfDay(index)];
      const stocks = rows.flatMap((row) => {
        const instrument = universe.instrumentAt(table.rowSymbol[row]!);
        if (instrument === undefined || !hasRow(faults, instrument.symbol, day)) return [];
        return [[codeOfSymbol(instrument.symbol), table.suspended[row] === 1 ? '0' : '1', instrument.name]];
      });
      const indices = servedIndices(world).filter(
        ({ symbol }) => index >= 0 && hasBar(symbol, day) && hasRow(faults, symbol, day),
      );
      const lines = [...stocks, ...indices.map((each) => [codeOfSymbol(each.symbol), '1', each.fullName])];
      return listed(byCode(lines), (line) => line);
    },
  };

  function hasBar(symbol: IndexFact['symbol'], day: PlainDay): boolean {
    return facts.indexBars(symbol, day, day).length > 0;
  }
}

const STOCK = '1';
const INDEX = '2';

/** The list of stocks and indices by code, whole or by code or part of a name. */
export function stockBasicQuestion(world: World): BaostockQuestion {
  const { instruments } = world.baostock;
  const stocks = instruments.map(({ symbol, name, listDate, delistDate }) => [
    codeOfSymbol(symbol),
    name,
    listDate,
    delistDate ?? '',
    STOCK,
    delistDate === undefined ? '1' : '0',
  ]);
  const indices = servedIndices(world).map(({ symbol, fullName, listDate }) => [
    codeOfSymbol(symbol),
    fullName,
    listDate,
    '',
    INDEX,
    '1',
  ]);
  const lines = byCode([...stocks, ...indices]);
  return {
    method: 'query_stock_basic',
    requestType: '45',
    replyType: '46',
    params: ['code', 'code_name'],
    fields: 'code, code_name, ipoDate, outDate, type, status',
    packed: false,
    answer([code = '', part = '']) {
      const wanted = code === '' ? undefined : codeOfSymbol(symbolOfCode(code));
      const asked = lines.filter(
        ([own, name = '']) => (wanted === undefined || own === wanted) && name.includes(part),
      );
      return listed(asked, (line) => line);
    },
  };
}

/** Indices of Shanghai and Shenzhen that are published by the end of the world. */
function servedIndices({ facts, baostock }: World): readonly IndexFact[] {
  const { lastDay } = baostock;
  return facts.indices.filter(({ symbol, listDate }) => !symbol.endsWith('.BJ') && listDate <= lastDay);
}

/** Shanghai before Shenzhen, as the server sorts. */
function byCode(lines: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return lines.toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1));
}
