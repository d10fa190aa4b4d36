import { addDays, AppError, EXCHANGES, type PlainDay, type Row } from '@tapekeeper/core';
import type { Answer } from '../../ports/source.ts';
import { readDay, readFlag } from '../cell.ts';
import { unreadableRow } from '../rowCollector.ts';
import type { Upstream } from '../watch.ts';
import { columnPlaces } from './columns.ts';
import type { BaostockPage } from './reply.ts';
import type { BaostockQuery } from './session.ts';

export const TRADE_DATES_COLUMNS: readonly string[] = ['exchange', 'cal_date', 'is_open', 'prev_trade_date'];

/** Longer than the exchange was ever shut, so that the trading day before the first one asked for is found. */
const LOOK_BACK_DAYS = 40;

export function tradeDatesQuery(from: PlainDay, to: PlainDay): BaostockQuery {
  return { type: '33', method: 'query_trade_dates', params: [firstDay(from), to], columnsPart: 9 };
}

function firstDay(from: PlainDay): PlainDay {
  return addDays(from, -LOOK_BACK_DAYS);
}

export interface TradeDatesCollector {
  /** Takes a page and says how many of its days are new. */
  take(page: BaostockPage): number;
  /** The days asked for, of each exchange: BaoStock keeps one calendar, which all three follow. */
  rows(): readonly Row[];
  readonly unreadable: Answer['unreadable'];
}

/** A day that comes twice with different words, or was not asked for, makes the answer `malformed`. */
export function createTradeDatesCollector(
  upstream: Upstream,
  from: PlainDay,
  to: PlainDay,
): TradeDatesCollector {
  const open = new Map<PlainDay, boolean>();
  const unreadable: Answer['unreadable'][number][] = [];
  const refuse = (message: string) => new AppError('malformed', { ...upstream, message });
  return {
    unreadable,
    take(page) {
      const [dayAt = 0, openAt = 0] = columnPlaces(upstream, page, ['calendar_date', 'is_trading_day']);
      let fresh = 0;
      for (const record of page.records) {
        const day = readDay(record[dayAt]);
        const isOpen = readFlag(record[openAt]);
        if (!day || typeof isOpen !== 'boolean') {
          unreadable.push(unreadableRow('baostock: calendar_date or is_trading_day cannot be read', record));
        } else if (day < firstDay(from) || day > to) {
          throw refuse(`it sent ${day}, which was not asked for.`);
        } else if (!open.has(day)) {
          open.set(day, isOpen);
          fresh += 1;
        } else if (open.get(day) !== isOpen) {
          throw refuse(`${day} came twice, open and closed.`);
        }
      }
      return fresh;
    },
    rows() {
      const sent = [...open].toSorted(([one], [other]) => (one < other ? -1 : 1));
      for (const [at, [day]] of sent.entries()) {
        const before = sent[at - 1]?.[0];
        // the day after it would be told of the wrong trading day before
        if (before !== undefined && addDays(before, 1) !== day)
          throw refuse(`it left out ${addDays(before, 1)}, or it cannot be read.`);
      }
      const days = withPrevious(sent);
      const asked = days.filter(({ cal_date: day }) => day >= from);
      return EXCHANGES.flatMap((exchange) => asked.map((day): Row => ({ exchange, ...day })));
    },
  };
}

function withPrevious(days: readonly (readonly [PlainDay, boolean])[]) {
  let previous: PlainDay | null = null;
  return days.map(([day, isOpen]) => {
    const row = { cal_date: day, is_open: isOpen, prev_trade_date: previous };
    if (isOpen) previous = day;
    return row;
  });
}
