import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { plainDay, shanghaiInstant, symbolOf, type DatasetId, type PlainDay } from '@tapekeeper/core';
import { openWorld, sampleFolder, startReplay, type Fault, type Replay } from '@tapekeeper/replay';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { Question, Source } from '../../packages/server/src/ports/source.ts';
import {
  createAkshareSource,
  type AkshareOptions,
} from '../../packages/server/src/sources/akshare/akshareSource.ts';
import { tradingDaysOf } from './baostockStand.ts';
import { UNHURRIED } from './deadlines.ts';
import { startLoopbackHttp } from './loopbackHttp.ts';
import type { Misbehaviour, SourceStand } from './source.ts';

/** A call as it reached one of the origins. */
export interface AkshareCall {
  readonly origin: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  readonly referer: string | undefined;
}

/** The connection is shut without a word. */
export const HANG_UP = Symbol('hang up');

/** A text or bytes with status 200, a value as JSON, a status of HTTP, or none at all. */
export type AkshareReply = string | Buffer | object | number | typeof HANG_UP;

export interface AkshareStand {
  readonly url: string;
  readonly calls: readonly AkshareCall[];
  source(options?: Partial<AkshareOptions>): Source;
}

/** Trading days of a test: the weekdays of January 2024 after New Year. */
export function januaryDays(from: PlainDay, to: PlainDay): readonly PlainDay[] {
  return ['02', '03', '04', '05', '08', '09', '10', '11', '12']
    .map((day) => plainDay(`2024-01-${day}`))
    .filter((day) => day >= from && day <= to);
}

/** All origins on one server, answered by `reply` until the test ends. */
export async function serveAkshare(reply: (call: AkshareCall) => AkshareReply): Promise<AkshareStand> {
  const calls: AkshareCall[] = [];
  const server = await startLoopbackHttp((request, response, body) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    const [, origin = '', ...path] = url.pathname.split('/');
    const call: AkshareCall = {
      origin,
      path: path.join('/'),
      query: Object.fromEntries(url.searchParams),
      form: Object.fromEntries(new URLSearchParams(body)),
      referer: request.headers.referer,
    };
    calls.push(call);
    const answer = reply(call);
    if (answer === HANG_UP) return request.socket.destroy();
    if (typeof answer === 'number') return response.writeHead(answer).end('');
    const bytes = Buffer.isBuffer(answer) || typeof answer === 'string' ? answer : JSON.stringify(answer);
    return response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(bytes));
  });
  onTestFinished(() => server.close());
  const fixed = { clock: systemClock, timeouts: UNHURRIED, tradingDays: januaryDays };
  return {
    url: server.url,
    calls,
    source: (options) => createAkshareSource({ baseUrl: server.url, ...fixed, ...options }),
  };
}

const MONTHS = { from: plainDay('2024-06-03'), to: plainDay('2024-07-31') };
const WEEK = { from: plainDay('2024-07-15'), to: plainDay('2024-07-19') };
const QUARTERS = { from: plainDay('2023-12-31'), to: plainDay('2024-06-30') };
const YEARS = { from: plainDay('2015-01-01'), to: plainDay('2024-07-31') };
/** A moment after the close of a trading day, at which the replayed market stands still. */
const NOW = shanghaiInstant(plainDay('2024-07-18'), 16 * 60);

const ofSymbol = (dataset: DatasetId, range = MONTHS, symbol = '000001.SZ'): Question => ({
  shape: 'symbol',
  dataset,
  symbol: symbolOf(symbol),
  ...range,
});
const ofAll = (dataset: DatasetId, range = MONTHS): Question => ({ shape: 'all', dataset, ...range });
const ofDay = (dataset: DatasetId, day: string): Question => ({ shape: 'day', dataset, day: plainDay(day) });

/**
 * One question for each data set; the sample has rows for all of them. The first one can be answered by a
 * single host, so that trouble with that one is what comes of it.
 */
export const AKSHARE_QUESTIONS: readonly Question[] = [
  ofAll('index_basics'),
  ofAll('stock_basics'),
  ofAll('trade_calendar'),
  ofAll('quotes'),
  ofAll('name_changes', YEARS),
  ofSymbol('daily_bars'),
  ofSymbol('index_bars', MONTHS, '000300.SH'),
  ofSymbol('minute_bars', WEEK),
  ofSymbol('adj_factors'),
  ofSymbol('financials', QUARTERS),
  ofSymbol('news'),
  ofDay('dividends', '2023-12-31'),
  ofDay('suspensions', '2024-07-19'),
  ofDay('announcements', '2024-07-18'),
];

const FAULTS: Readonly<Record<Misbehaviour, Fault>> = {
  silence: { kind: 'silence' },
  'half an answer': { kind: 'half_close' },
  reset: { kind: 'reset' },
  noise: { kind: 'garbage' },
  drip: { kind: 'drip', bytesPerSecond: 100 },
};

/** The client against the replay server over the sample. */
export async function openAkshareStand(): Promise<
  SourceStand & { readonly replay: Replay; readonly options: AkshareOptions }
> {
  const world = await openWorld(sampleFolder());
  const replay = await startReplay({ world, now: () => NOW });
  const tradingDays = tradingDaysOf(world);
  const clock = { ...systemClock, now: () => NOW };
  const options: AkshareOptions = { baseUrl: replay.akshareUrl, clock, tradingDays };
  return {
    replay,
    options,
    questions: AKSHARE_QUESTIONS,
    make: (timeouts) => createAkshareSource({ ...options, timeouts }),
    misbehave: (how) => replay.addFault({ match: { protocol: 'akshare' }, fault: FAULTS[how] }),
    behave: () => replay.clearFaults(),
    calls: () => Object.values(replay.counts()).reduce((sum, count) => sum + count, 0),
    close: () => replay.stop(),
  };
}
