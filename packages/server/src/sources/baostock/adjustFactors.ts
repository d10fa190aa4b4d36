import { AppError, plainDay, type PlainDay, type Row, type Symbol } from '@tapekeeper/core';
import type { Answer } from '../../ports/source.ts';
import { readDay, readNumber } from '../cell.ts';
import { unreadableRow } from '../rowCollector.ts';
import { factorDays } from '../factorDays.ts';
import type { Upstream } from '../watch.ts';
import { columnPlaces } from './columns.ts';
import type { BaostockPage } from './reply.ts';
import type { BaostockQuery } from './session.ts';
import { codeOfSymbol } from './symbols.ts';

export const ADJUST_FACTOR_COLUMNS: readonly string[] = ['symbol', 'trade_date', 'adj_factor'];

/** Before the first listing: what holds on a day is said by the last change before it, however long ago. */
const SINCE = plainDay('1990-01-01');

/** Every change of a symbol's factor up to a day. */
export function adjustFactorQuery(symbol: Symbol, to: PlainDay): BaostockQuery {
  return {
    type: '15',
    method: 'query_adjust_factor',
    params: [codeOfSymbol(symbol), SINCE, to],
    columnsPart: 10,
  };
}

export interface AdjustFactorCollector {
  /** Takes a page and says how many of its changes are new. */
  take(page: BaostockPage): number;
  /** One row a trading day; the days must be ascending. */
  rows(days: readonly PlainDay[]): readonly Row[];
  readonly unreadable: Answer['unreadable'];
}

/**
 * BaoStock gives the cumulative backward factor on ex-dates only. It holds from its day until the next
 * change, and is 1 before the first; also for a symbol that BaoStock does not know, which the list of
 * stocks tells. Where a change cannot be read there are no rows until the next one, and none at all when
 * its day cannot be read. A day with two factors is `malformed`.
 */
export function createAdjustFactorCollector(upstream: Upstream, symbol: Symbol): AdjustFactorCollector {
  const code = codeOfSymbol(symbol);
  const changes = new Map<PlainDay, number | undefined>();
  const unreadable: Answer['unreadable'][number][] = [];
  let placeable = true;
  return {
    unreadable,
    take(page) {
      const places = columnPlaces(upstream, page, ['code', 'dividOperateDate', 'backAdjustFactor']);
      const [codeAt = 0, dayAt = 0, factorAt = 0] = places;
      const before = changes.size;
      for (const record of page.records) {
        if (record[codeAt] !== code) throw notAsked(upstream, `factors of ${record[codeAt]}`);
        const day = readDay(record[dayAt]);
        const factor = readNumber(record[factorAt]) ?? undefined;
        if (!day || factor === undefined)
          unreadable.push(unreadableRow('baostock: a factor cannot be read', record));
        if (!day) placeable = false;
        else if (changes.has(day) && changes.get(day) !== factor)
          throw notAsked(upstream, `two factors of ${day}`);
        else changes.set(day, factor);
      }
      return changes.size - before;
    },
    rows(days) {
      return placeable
        ? factorDays(
            symbol,
            [...changes].toSorted(([one], [other]) => (one < other ? -1 : 1)),
            days,
          )
        : [];
    },
  };
}

function notAsked(upstream: Upstream, what: string): AppError {
  return new AppError('malformed', { ...upstream, message: `it sent ${what}, which was not asked for.` });
}
