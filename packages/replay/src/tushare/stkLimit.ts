import type { PlainDay } from '@tapekeeper/core';
import { priceFactor } from '../faults/dataFaults.ts';
import { columnIndex, rowsInRange } from '../world/barTable.ts';
import type { Instrument, Universe } from '../world/universe.ts';
import type { World } from '../world/world.ts';
import type { TushareApi } from './api.ts';
import { compact, listApi, newestDays } from './listApi.ts';
import { questionOf } from './question.ts';

interface LimitRow {
  readonly instrument: Instrument;
  readonly day: PlainDay;
  readonly up: number;
  readonly down: number;
}

/** Limits of every listed stock on every trading day, those of suspended ones included. */
export function stkLimitApi({ facts, tushare, calendar, firstDay, lastDay }: World, cap: number): TushareApi {
  const openDays = calendar
    .days('SSE')
    .flatMap(({ day, open }) => (open && day >= firstDay && day <= lastDay ? [day] : []));
  return listApi<LimitRow>({
    name: 'stk_limit',
    cap,
    columns: {
      trade_date: ({ day }) => compact(day),
      ts_code: ({ instrument }) => instrument.symbol,
      pre_close: ({ instrument, day }, faults) =>
        scaled(referencePrice(tushare, instrument, day), priceFactor(faults, instrument.symbol, day)),
      up_limit: ({ instrument, day, up }, faults) => scaled(up, priceFactor(faults, instrument.symbol, day)),
      down_limit: ({ instrument, day, down }, faults) =>
        scaled(down, priceFactor(faults, instrument.symbol, day)),
    },
    hidden: ['pre_close'],
    *rows(params) {
      const question = questionOf(params);
      const { symbols } = question;
      const instruments = tushare.instruments.filter(({ symbol }) => symbols?.includes(symbol) ?? true);
      for (const day of newestDays(openDays, question)) {
        for (const instrument of instruments) {
          const limits = facts.limits(instrument.symbol, day);
          if (limits !== undefined) yield { instrument, day, ...limits };
        }
      }
    },
    cell: ({ instrument, day }) => [instrument.symbol, day],
  });
}

/** The price that limits are reckoned from: on a day of suspension the last close. */
function referencePrice(
  { table, firstDay }: Universe,
  { index }: Instrument,
  day: PlainDay,
): number | undefined {
  const [start, end] = rowsInRange(table, index, firstDay, day);
  if (end <= start) return undefined;
  const row = end - 1;
  const traded = table.days[table.rowDay[row]!] === day && table.suspended[row] === 0;
  return Number(table.cells(row)[columnIndex(table, traded ? 'pre_close' : 'close')]);
}

function scaled(price: number | undefined, factor: number): number | undefined {
  return price === undefined ? undefined : Number((price * factor).toFixed(4));
}
