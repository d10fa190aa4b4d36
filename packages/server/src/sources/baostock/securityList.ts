import type { DatasetId, Row, Symbol } from '@tapekeeper/core';
import type { Answer } from '../../ports/source.ts';
import { createRowCollector } from '../rowCollector.ts';
import type { Upstream } from '../watch.ts';
import { columnPlaces } from './columns.ts';
import type { BaostockPage } from './reply.ts';
import type { BaostockQuery } from './session.ts';
import { createSetAside } from './setAside.ts';
import { symbolOfCode } from './symbols.ts';

/** An empty code and name ask for everything: stocks, indices, funds, those that are gone included. */
export function securityListQuery(code = ''): BaostockQuery {
  return { type: '45', method: 'query_stock_basic', params: [code, ''], columnsPart: 9 };
}

export type SecurityType = '1' | '2';

/** Stocks, indices, funds and so on: a type that is none is not to be passed over as one of those. */
const TYPE = /^\d$/;

/** The cells of one line as they came. */
export interface SecurityLine {
  readonly symbol: Symbol | undefined;
  readonly name: unknown;
  readonly ipoDate: unknown;
  readonly outDate: unknown;
  readonly status: unknown;
}

export interface SecurityListCollector {
  /** Takes a page and says how many of its lines are new. */
  take(page: BaostockPage): number;
  readonly rows: readonly Row[];
  readonly unreadable: Answer['unreadable'];
}

/** The lines of one type as `read` makes of them: a row, why it cannot be read, or undefined to leave it out. */
export function createSecurityListCollector(
  upstream: Upstream,
  dataset: DatasetId,
  wanted: SecurityType,
  read: (line: SecurityLine) => Row | string | undefined,
): SecurityListCollector {
  const collector = createRowCollector(upstream, dataset);
  const seen = new Set<string>();
  const aside = createSetAside();
  return {
    rows: collector.rows,
    get unreadable() {
      return aside.entries;
    },
    take(page) {
      const names = ['code', 'code_name', 'ipoDate', 'outDate', 'type', 'status'];
      const places = columnPlaces(upstream, page, names);
      let fresh = 0;
      for (const record of page.records) {
        const line = record.join();
        if (seen.has(line)) continue;
        seen.add(line);
        fresh += 1;
        const [code = '', name, ipoDate, outDate, type, status] = places.map((at) => record[at]);
        if (type !== wanted) {
          if (!TYPE.test(type ?? '')) aside.set('type cannot be read', record);
          continue;
        }
        const row = read({ symbol: symbolOfCode(code), name, ipoDate, outDate, status });
        if (typeof row === 'string') aside.set(row, record);
        else if (row !== undefined) collector.add(row);
      }
      return fresh;
    },
  };
}
