import { type PlainDay, shanghaiDay, shanghaiInstant } from '@tapekeeper/core';
import { priceFactor, volumeFactor } from '../faults/dataFaults.ts';
import type { DataFault } from '../faults/fault.ts';
import { columnIndex, lowerBound } from '../world/barTable.ts';
import type { Universe } from '../world/universe.ts';
import type { TushareApi } from './api.ts';
import { listApi } from './listApi.ts';
import { requiredParam } from './question.ts';
import { wallTime } from './streams.ts';

const OPENS = 9 * 60 + 30;
const CLOSES = 15 * 60;

/**
 * Quotes of the newest day that has begun, or of the last one in the world: its bars as they were at the
 * close, in shares and yuan.
 */
export function realtimeApi(universe: Universe, now: () => number, cap: number): TushareApi {
  const { table } = universe;
  const at = (name: string): number => columnIndex(table, name);
  const lots = table.units === 'tushare';
  const price =
    (name: string) =>
    (row: number, faults: readonly DataFault[]): number =>
      Number((number(row, name) * priceFactor(faults, symbolOf(row), dayOf(row))).toFixed(4));
  const number = (row: number, name: string): number => Number(table.cells(row)[at(name)]);
  const symbolOf = (row: number): string => table.symbols[table.rowSymbol[row]!]!;
  const dayOf = (row: number): PlainDay => table.days[table.rowDay[row]!]!;

  return listApi<number>({
    name: 'rt_k',
    cap,
    columns: {
      ts_code: symbolOf,
      name: (row) => universe.instrumentAt(table.rowSymbol[row]!)?.name,
      pre_close: price('pre_close'),
      high: price('high'),
      open: price('open'),
      low: price('low'),
      close: price('close'),
      vol: (row, faults) =>
        Math.round(
          (lots ? number(row, 'vol') * 100 : number(row, 'volume')) * volumeFactor(faults, symbolOf(row)),
        ),
      amount: (row) => Math.round(number(row, 'amount') * (lots ? 1000 : 1)),
      num: () => undefined,
      trade_time: (row) => wallTime(Math.min(now(), shanghaiInstant(dayOf(row), CLOSES))),
    },
    hidden: ['trade_time'],
    *rows(params) {
      const isAsked = patternOf(requiredParam(params, 'ts_code'));
      const today = shanghaiDay(now());
      let index = lowerBound(table.days, today, 0, table.days.length);
      if (table.days[index] !== today || now() < shanghaiInstant(today, OPENS)) index -= 1;
      if (index < 0) return;
      for (const row of table.rowsOfDay(index)) {
        if (table.suspended[row] === 0 && isAsked(symbolOf(row))) yield row;
      }
    },
    cell: (row) => [symbolOf(row), dayOf(row)],
  });
}

/** Symbols and wildcards, `600000.SH,3*.SZ`. */
function patternOf(text: string): (symbol: string) => boolean {
  const patterns = text.split(',').map((each) => {
    const [start = '', end] = each.trim().split('*');
    return { start, end };
  });
  return (symbol) =>
    patterns.some(({ start, end }) =>
      end === undefined ? symbol === start : symbol.startsWith(start) && symbol.endsWith(end),
    );
}
