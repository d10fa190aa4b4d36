import { AppError, DATASETS, type DatasetId, type Row } from '@tapekeeper/core';
import type { Answer, AskContext } from '../../ports/source.ts';
import { createRowCollector, sameRow, unreadableRow, type Tally } from '../rowCollector.ts';
import type { Upstream } from '../watch.ts';
import type { TushareApi } from './api.ts';
import { callTushare, type TushareClientOptions } from './client.ts';
import type { TusharePage } from './envelope.ts';
import { readAllPages } from './pages.ts';
import type { Params, TushareQuery } from './query.ts';
import { tushareRowReader } from './rows.ts';

/** All pages of one call's question, as canonical rows. */
export interface TushareTable {
  readonly dataset: DatasetId;
  /** Empty where no row came. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly unreadable: Answer['unreadable'];
}

/** Asks one interface with one set of parameters, page by page; throws what `callTushare` throws. */
export async function readTushareTable(
  options: TushareClientOptions,
  query: TushareQuery,
  context: AskContext,
  tally: Tally,
): Promise<TushareTable> {
  const { api, turn } = query;
  const upstream: Upstream = { source: 'tushare', host: options.baseUrl.host };
  const collector = createRowCollector(upstream, api.dataset);
  const unreadable = new Map<string, Answer['unreadable'][number]>();
  let columns: readonly string[] = [];
  let turned: Params = {};

  await readAllPages(upstream, api.pageRows, {
    async fetch(offset, limit) {
      const place = turn === undefined ? { offset: String(offset) } : turned;
      const params = { ...query.params, ...place, limit: String(limit) };
      return (await callTushare(options, { api: api.api, params, fields: fieldsOf(api) }, context, tally))
        .page;
    },
    take(page) {
      if (page.items.length === 0) return 0;
      if (turn !== undefined) turned = turn(page);
      const read = readPage(upstream, query, page);
      columns = sameColumns(upstream, columns, read.columns);
      if (turn === undefined && collector.rows.length > 0 && read.rows.some((row) => collector.has(row)))
        throw moved(upstream, api.api);
      let fresh = read.leftOut;
      for (const row of read.rows) if (collector.add(row)) fresh += 1;
      for (const each of read.unreadable) {
        if (unreadable.has(each.raw)) continue;
        unreadable.set(each.raw, each);
        fresh += 1;
      }
      return fresh;
    },
  });
  return { dataset: api.dataset, columns, rows: collector.rows, unreadable: [...unreadable.values()] };
}

/** A row that stood on an earlier page has moved here, and another one may have moved out of sight. */
function moved(upstream: Upstream, api: string): AppError {
  return new AppError('malformed', { ...upstream, message: `rows of ${api} moved between its pages.` });
}

/** Every field that an interface is asked for. */
export function fieldsOf({ fields, beside = [] }: TushareApi): readonly string[] {
  return [...fields.map(({ field }) => field), ...beside];
}

function readPage(upstream: Upstream, query: TushareQuery, page: TusharePage) {
  const { repeated, correctedBy } = query.api;
  const reader = tushareRowReader(upstream, query, page);
  const unreadable: Answer['unreadable'][number][] = [];
  const read: Row[] = [];
  let leftOut = 0;
  for (const item of correctedBy === undefined ? page.items : correctedFirst(page, correctedBy)) {
    const outcome = reader.read(item);
    if (outcome.kind === 'row') read.push(outcome.row);
    else if (outcome.kind === 'left_out') leftOut += 1;
    else unreadable.push(outcome.unreadable);
  }
  if (repeated === undefined) return { columns: reader.columns, rows: read, unreadable, leftOut };

  const { key } = DATASETS[query.api.dataset];
  const rows = new Map<string, Row>();
  for (const row of read) {
    const rowKey = JSON.stringify(key.map((column) => row[column]));
    const earlier = rows.get(rowKey);
    const joined = earlier === undefined || sameRow(earlier, row) ? row : repeated(earlier, row);
    if (joined === undefined)
      unreadable.push(unreadableRow('tushare: it came twice with different values', row));
    else rows.set(rowKey, joined);
  }
  return { columns: reader.columns, rows: [...rows.values()], unreadable, leftOut };
}

/** Rows whose flag says that they correct another one, before the others. */
function correctedFirst(page: TusharePage, flag: string): TusharePage['items'] {
  const at = page.fields.indexOf(flag);
  const corrects = (item: readonly unknown[]) => Number(String(item[at]) === '1');
  return at < 0 ? page.items : page.items.toSorted((one, other) => corrects(other) - corrects(one));
}

/** The columns that all parts of one answer have; parts that differ cannot be one table: `malformed`. */
export function sameColumns(
  upstream: Upstream,
  one: readonly string[],
  other: readonly string[],
): readonly string[] {
  if (one.length === 0) return other;
  if (other.length === 0 || one.join() === other.join()) return one;
  throw new AppError('malformed', { ...upstream, message: 'its columns changed from one page to the next.' });
}
