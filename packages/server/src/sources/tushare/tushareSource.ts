import { AppError, type DatasetId } from '@tapekeeper/core';
import type { Clock } from '../../ports/clock.ts';
import type { Answer, AskContext, Probe, Question, Source } from '../../ports/source.ts';
import type { Tally } from '../rowCollector.ts';
import { capabilityFor } from '../served.ts';
import { DEADLINES, type Deadlines, type Upstream } from '../watch.ts';
import { TUSHARE_CAPABILITIES } from './apis.ts';
import { readRecodedSymbols } from './bseMapping.ts';
import { callTushare, type TushareClientOptions } from './client.ts';
import { joinTables } from './joinTables.ts';
import { probeQuery, tushareQueries } from './questions.ts';
import { tushareRowReader } from './rows.ts';
import { fieldsOf, readTushareTable, type TushareTable } from './table.ts';

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
  for (const query of tushareQueries(question, client.clock.now()))
    tables.push(await readTushareTable(client, query, context, tally));

  const { columns, rows, unreadable } = joinTables(upstream, question.dataset, tables);
  const recoded = question.dataset === 'stock_basics' ? await readRecodedSymbols(client, context, tally) : [];
  return {
    batches: [
      { dataset: question.dataset, columns: columns.length > 0 ? columns : capability.columns, rows },
    ],
    suspended: [],
    unreadable,
    ...(recoded.length > 0 ? { recoded } : {}),
    ...tally,
  };
}

const RAW_CHARACTERS = 4000;

async function probe(client: TushareClientOptions, dataset: DatasetId, context: AskContext): Promise<Probe> {
  const upstream: Upstream = { source: 'tushare', host: client.baseUrl.host };
  const startedAt = client.clock.monotonic();
  const query = probeQuery(dataset, client.clock.now());
  const { api } = query.api;
  const call = { api, params: query.params, fields: fieldsOf(query.api) };
  const { page, raw } = await callTushare(client, call, context, { calls: 0, bytes: 0 });
  const ms = Math.round(client.clock.monotonic() - startedAt);
  const items = page.items.slice(0, 1);
  const parsed = items.map(tushareRowReader(upstream, query, page).read);
  return { api, raw: raw().slice(0, RAW_CHARACTERS), parsed, ms };
}
