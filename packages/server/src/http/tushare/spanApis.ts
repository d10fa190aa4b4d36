import type { DatasetId, Row } from '@tapekeeper/core';
import { resolveReading } from '../../app/read/reading.ts';
import { openTable } from '../../app/read/readTable.ts';
import { cellsOf, pageOfCells, type BackApi, type Cell } from './api.ts';
import { BAR } from './dayApis.ts';
import { dayParam, listParam, requireOneOf } from './params.ts';

/** The change is a fraction of the last close here, where `daily` has percent. */
const COLUMNS = { ...BAR, pct_chg: fractionOfLastClose };

/** Bars of weeks and months, which are made of the daily ones. */
export const SPAN_APIS: readonly BackApi[] = [
  spanApi('weekly', 'weekly_bars', 6000),
  spanApi('monthly', 'monthly_bars', 4500),
];

function spanApi(name: string, dataset: DatasetId, cap: number): BackApi {
  return {
    name,
    cap,
    fields: Object.keys(COLUMNS),
    async read({ store }, params, page) {
      requireOneOf(params, ['ts_code', 'trade_date']);
      const day = dayParam(params, 'trade_date');
      const asked = listParam(params, 'ts_code');
      const unknown = asked === undefined ? [] : await store.unknownSymbols(asked);
      const symbols = asked?.filter((symbol) => !unknown.includes(symbol));
      if (symbols?.length === 0) return { rows: [], more: false };
      const from = day ?? dayParam(params, 'start_date');
      const to = day ?? dayParam(params, 'end_date');
      if (from !== undefined && to !== undefined && to < from) return { rows: [], more: false };
      const reading = await resolveReading(store, { dataset, symbols, from, to });
      const table = await openTable(store, reading, { kind: 'short' });
      try {
        const rows: Row[] = [];
        for await (const batch of table.batches) rows.push(...batch);
        const newest = rows.toSorted(byNewestDay).slice(page.offset, page.offset + page.limit + 1);
        return pageOfCells(newest, page, (row) => cellsOf(COLUMNS, row));
      } finally {
        await table.close();
      }
    },
  };
}

/** Rows come by symbol, and stay so within a day. */
function byNewestDay(one: Row, other: Row): number {
  const [a, b] = [String(one['trade_date']), String(other['trade_date'])];
  return a === b ? 0 : a > b ? -1 : 1;
}

function fractionOfLastClose(row: Row): Cell {
  const { close, pre_close: last } = row;
  if (typeof close !== 'number' || typeof last !== 'number' || last === 0) return null;
  return Math.round((close / last - 1) * 10_000) / 10_000 + 0;
}
