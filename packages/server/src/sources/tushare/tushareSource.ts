import { AppError, type DatasetId, type Row } from '@tapekeeper/core';
import type { Clock } from '../../ports/clock.ts';
import type { Answer, AskContext, Probe, Question, Source } from '../../ports/source.ts';
import { sameRow, unreadableRow, type Tally } from '../rowCollector.ts';
import { capabilityFor } from '../served.ts';
import { DEADLINES, type Deadlines, type Upstream } from '../watch.ts';
import { tushareApi, TUSHARE_CAPABILITIES } from './apis.ts';
import { callTushare, type TushareClientOptions } from './client.ts';
import { probeParams, tushareQueries } from './questions.ts';
import { tushareRowReader } from './rows.ts';
import { readTushareTable, sameColumns, type TushareTable } from './table.ts';

export interface TushareOptions {
  /** Root of the service; one that ends in `/dataapi` takes the interface's name in the path. */
  readonly baseUrl?: string;
  /** Read before each call, so that a new token needs no restart. */
  readonly token: () => string | undefined;
  readonly clock: Clock;
  readonly timeouts?: Partial<Deadlines>;
}

/**
 * Tushare Pro over HTTP. It holds no connection between calls, and any number of questions may be in
 * flight; the budget is what bounds them.
 */
export function createTushareSource(options: TushareOptions): Source {
  const client: TushareClientOptions = {
    clock: options.clock,
    baseUrl: readBaseUrl(options.baseUrl ?? 'http://api.tushare.pro'),
    token: options.token,
    deadlines: { ...DEADLINES, ...options.timeouts },
  };
  return {
    id: 'tushare',
    hosts: [client.baseUrl.host],
    capabilities: TUSHARE_CAPABILITIES,
    singleConnection: false,
    ask: (question, context) => ask(client, question, context),
    probe: (dataset, context) => probe(client, dataset, context),
    close: () => Promise.resolve(),
  };
}

function readBaseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new AppError('bad_setting', { problem: `"${text}" is no http address of Tushare.` });
}

async function ask(client: TushareClientOptions, question: Question, context: AskContext): Promise<Answer> {
  const capability = capabilityFor('tushare', TUSHARE_CAPABILITIES, question);
  const upstream: Upstream = { source: 'tushare', host: client.baseUrl.host };
  const tally: Tally = { calls: 0, bytes: 0 };
  const tables: TushareTable[] = [];
  for (const query of tushareQueries(question))
    tables.push(await readTushareTable(client, query, context, tally));

  const columns = tables
    .map((table) => table.columns)
    .reduce((one, other) => sameColumns(upstream, one, other));
  const { rows, unreadable } = joinTables(question, tables);
  return {
    batches: [
      { dataset: question.dataset, columns: columns.length > 0 ? columns : capability.columns, rows },
    ],
    suspended: [],
    unreadable,
    ...tally,
  };
}

function joinTables(
  question: Question,
  tables: readonly TushareTable[],
): Pick<TushareTable, 'rows' | 'unreadable'> {
  const rows = tables.flatMap((table) => table.rows);
  const unreadable = tables.flatMap((table) => table.unreadable);
  if (question.dataset === 'stock_basics') return joinStockLists(rows, unreadable);
  if (question.dataset === 'trade_calendar') return { rows: [...rows, ...beijingDays(rows)], unreadable };
  return { rows, unreadable };
}

/** A stock on two lists at once stays as on the first (listed before delisted); the other row is set aside. */
function joinStockLists(
  listed: readonly Row[],
  unread: Answer['unreadable'],
): Pick<TushareTable, 'rows' | 'unreadable'> {
  const rows = new Map<unknown, Row>();
  const unreadable = [...unread];
  for (const row of listed) {
    const earlier = rows.get(row.symbol);
    if (earlier === undefined) {
      rows.set(row.symbol, row);
    } else if (!sameRow(earlier, row)) {
      const reason = `tushare: on the lists ${String(earlier.list_status)} and ${String(row.list_status)} at once`;
      unreadable.push(unreadableRow(reason, row));
    }
  }
  return { rows: [...rows.values()], unreadable };
}

/** Tushare serves no calendar of Beijing, which trades on the days of the other two: a copy of Shanghai's. */
function beijingDays(rows: readonly Row[]): readonly Row[] {
  return rows.filter((row) => row.exchange === 'XSHG').map((row): Row => ({ ...row, exchange: 'XBSE' }));
}

const RAW_CHARACTERS = 4000;

async function probe(client: TushareClientOptions, dataset: DatasetId, context: AskContext): Promise<Probe> {
  const api = tushareApi(dataset);
  const upstream: Upstream = { source: 'tushare', host: client.baseUrl.host };
  const startedAt = client.clock.monotonic();
  const call = { api: api.api, params: probeParams(dataset), fields: api.fields.map(({ field }) => field) };
  const { page, raw } = await callTushare(client, call, context, { calls: 0, bytes: 0 });
  const ms = Math.round(client.clock.monotonic() - startedAt);
  const items = page.items.slice(0, 1);
  const parsed = items.map(tushareRowReader(upstream, api, page, () => true).read);
  return { api: api.api, raw: raw().slice(0, RAW_CHARACTERS), parsed, ms };
}
