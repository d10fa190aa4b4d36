import { AppError, type DatasetId, type Row } from '@tapekeeper/core';
import type { Answer, AskContext } from '../../ports/source.ts';
import { createRowCollector, type Tally } from '../rowCollector.ts';
import type { Upstream } from '../watch.ts';
import type { TushareApi } from './apis.ts';
import { callTushare, type TushareClientOptions } from './client.ts';
import { readAllPages } from './pages.ts';
import { tushareRowReader } from './rows.ts';

/** All pages of one call's question, as canonical rows. */
export interface TushareTable {
  readonly dataset: DatasetId;
  /** Empty where no row came. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly unreadable: Answer['unreadable'];
}

export interface TushareQuery {
  readonly api: TushareApi;
  /** All but `offset` and `limit`. */
  readonly params: Readonly<Record<string, string>>;
  /** Whether a row answers these parameters. */
  readonly asked: (row: Row) => boolean;
}

/** Asks one interface with one set of parameters, page by page; throws what `callTushare` throws. */
export async function readTushareTable(
  options: TushareClientOptions,
  query: TushareQuery,
  context: AskContext,
  tally: Tally,
): Promise<TushareTable> {
  const { api, params, asked } = query;
  const upstream: Upstream = { source: 'tushare', host: options.baseUrl.host };
  const collector = createRowCollector(upstream, api.dataset);
  const unreadable = new Map<string, Answer['unreadable'][number]>();
  const fields = api.fields.map(({ field }) => field);
  let columns: readonly string[] = [];

  await readAllPages(upstream, api.pageRows, {
    async fetch(offset, limit) {
      const paged = { ...params, offset: String(offset), limit: String(limit) };
      return (await callTushare(options, { api: api.api, params: paged, fields }, context, tally)).page;
    },
    take(page) {
      if (page.items.length === 0) return 0;
      const reader = tushareRowReader(upstream, api, page, asked);
      columns = sameColumns(upstream, columns, reader.columns);
      let fresh = 0;
      for (const item of page.items) {
        const outcome = reader.read(item);
        if (outcome.kind === 'row') {
          if (collector.add(outcome.row)) fresh += 1;
        } else if (outcome.kind === 'left_out') {
          fresh += 1;
        } else if (!unreadable.has(outcome.unreadable.raw)) {
          unreadable.set(outcome.unreadable.raw, outcome.unreadable);
          fresh += 1;
        }
      }
      return fresh;
    },
  });
  return { dataset: api.dataset, columns, rows: collector.rows, unreadable: [...unreadable.values()] };
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
