import { addDays, AppError, shanghaiDay, symbolOf, type DatasetId, type PlainDay } from '@tapekeeper/core';
import type { Clock } from '../../ports/clock.ts';
import type { Answer, AskContext, Probe, Question, Source } from '../../ports/source.ts';
import type { Tally } from '../rowCollector.ts';
import { capabilityFor } from '../served.ts';
import { DEADLINES, type Deadlines } from '../watch.ts';
import { BAOSTOCK_CAPABILITIES } from './capabilities.ts';
import type { BaostockAddress } from './connection.ts';
import { readBaostockPages } from './paging.ts';
import { readingOf, type TradingDays } from './reading.ts';
import { BaostockSession } from './session.ts';
import { stockListQuery } from './stockList.ts';

export interface BaostockOptions {
  /** `tcp://host:port`. */
  readonly address?: string;
  readonly clock: Clock;
  /** BaoStock gives factors on ex-dates only; these days are what they are spread over. */
  readonly tradingDays: TradingDays;
  readonly user?: string;
  readonly password?: string;
  readonly clientVersion?: string;
  readonly timeouts?: Partial<Deadlines>;
  /** Requests after which the connection is made anew. */
  readonly reconnectEvery?: number;
}

/** BaoStock over its TCP protocol: one connection, one question at a time, one symbol a question. */
export function createBaostockSource(options: BaostockOptions): Source {
  const { clock, tradingDays } = options;
  const session = new BaostockSession({
    clock,
    address: readAddress(options.address ?? 'tcp://public-api.baostock.com:10030'),
    user: options.user ?? 'anonymous',
    password: options.password ?? '123456',
    clientVersion: readVersion(options.clientVersion ?? '00.9.10'),
    deadlines: { ...DEADLINES, ...options.timeouts },
    reconnectEvery: options.reconnectEvery ?? 200,
  });
  return {
    id: 'baostock',
    hosts: [session.upstream.host],
    capabilities: BAOSTOCK_CAPABILITIES,
    singleConnection: true,
    ask: (question, context) => ask(session, tradingDays, question, context),
    probe: (dataset, context) => probe(session, clock, tradingDays, dataset, context),
    close: () => session.close(),
  };
}

function readAddress(text: string): BaostockAddress {
  const url = URL.parse(text);
  const port = Number(url?.port);
  if (url?.protocol === 'tcp:' && url.hostname !== '' && port > 0) {
    // IPv6 stands in brackets in an address, and without them on a socket.
    return { hostname: url.hostname.replaceAll(/[[\]]/g, ''), port };
  }
  throw new AppError('bad_setting', {
    problem: `"${text}" is no address of BaoStock; write it as tcp://host:port.`,
  });
}

function readVersion(text: string): string {
  if (/^[\x21-\x7e]{7}$/.test(text)) return text;
  throw new AppError('bad_setting', {
    problem: `"${text}" is no client version of BaoStock; it has seven characters.`,
  });
}

async function ask(
  session: BaostockSession,
  tradingDays: TradingDays,
  question: Question,
  context: AskContext,
): Promise<Answer> {
  capabilityFor('baostock', BAOSTOCK_CAPABILITIES, question);
  const reading = readingOf(session.upstream, question, tradingDays);
  const tally: Tally = { calls: 0, bytes: 0 };
  await readBaostockPages(session, reading, context, tally);
  return { ...(await reading.finish()), ...tally };
}

const RAW_CHARACTERS = 4000;
const SHOWN_ROWS = 3;
const PROBE_SYMBOL = symbolOf('600000.SH');

async function probe(
  session: BaostockSession,
  clock: Clock,
  tradingDays: TradingDays,
  dataset: DatasetId,
  context: AskContext,
): Promise<Probe> {
  const reading = readingOf(session.upstream, probeQuestion(dataset, shanghaiDay(clock.now())), tradingDays);
  const query = dataset === 'stock_basics' ? stockListQuery('sh.600000') : reading.query;
  const startedAt = clock.monotonic();
  const { page, raw } = await session.query(query, 1, context, { calls: 0, bytes: 0 }, (answer) => {
    reading.take(answer.page);
    return answer;
  });
  const ms = Math.round(clock.monotonic() - startedAt);
  const { batches } = await reading.finish();
  return {
    api: query.method,
    raw: raw.slice(0, RAW_CHARACTERS).toWellFormed(),
    parsed: { records: page.records.slice(0, SHOWN_ROWS), rows: batches[0]?.rows.slice(0, SHOWN_ROWS) ?? [] },
    ms,
  };
}

/** Two weeks hold a trading day at any time of the year. */
function probeQuestion(dataset: DatasetId, today: PlainDay): Question {
  const from = addDays(today, -14);
  return dataset === 'stock_basics' || dataset === 'trade_calendar'
    ? { shape: 'all', dataset, from, to: today }
    : { shape: 'symbol', dataset, symbol: PROBE_SYMBOL, from, to: today };
}
