import { gzipSync } from 'node:zlib';
import { plainDay, symbolOf, type DatasetId } from '@tapekeeper/core';
import { openWorld, sampleFolder, startReplay, type Fault } from '@tapekeeper/replay';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { Question, Source } from '../../packages/server/src/ports/source.ts';
import {
  createTushareSource,
  type TushareOptions,
} from '../../packages/server/src/sources/tushare/tushareSource.ts';
import { UNHURRIED } from './deadlines.ts';
import { startLoopbackHttp } from './loopbackHttp.ts';
import type { Misbehaviour, SourceStand } from './source.ts';

export interface TushareCall {
  readonly path: string;
  readonly api_name: string;
  readonly token: string;
  readonly params: Readonly<Record<string, string>>;
  readonly fields: string;
}

/** A table, a text as it is, or a status of HTTP. */
export type TushareReply = { fields: string[]; items: unknown[][]; has_more?: boolean } | string | number;

export interface TushareStand {
  readonly url: string;
  readonly calls: readonly TushareCall[];
  source(options?: Partial<TushareOptions>): Source;
}

export const TOKEN = 'a1'.repeat(28);

/** A service that answers each call by `reply`, until the test ends. */
export async function serveTushare(reply: (call: TushareCall) => TushareReply): Promise<TushareStand> {
  const calls: TushareCall[] = [];
  const server = await startLoopbackHttp((request, response, body) => {
    const call: TushareCall = { path: request.url ?? '', ...JSON.parse(body) };
    calls.push(call);
    const answer = reply(call);
    if (typeof answer === 'number') return response.writeHead(answer).end('{}');
    const text = typeof answer === 'string' ? answer : JSON.stringify({ code: 0, msg: '', data: answer });
    return response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text));
  });
  onTestFinished(() => server.close());
  const fixed = { token: () => TOKEN, clock: systemClock, timeouts: UNHURRIED };
  return {
    url: server.url,
    calls,
    source: (options) => createTushareSource({ baseUrl: server.url, ...fixed, ...options }),
  };
}

const MONTH = { from: plainDay('2024-06-03'), to: plainDay('2024-07-31') };
const QUARTERS = { from: plainDay('2023-12-31'), to: plainDay('2024-06-30') };
const YEARS = { from: plainDay('1990-12-19'), to: plainDay('2024-07-31') };

const ofDay = (dataset: DatasetId, day: string): Question => ({
  shape: 'day',
  dataset,
  day: plainDay(day),
});
const ofSymbol = (dataset: DatasetId, range = MONTH, symbol = '000001.SZ'): Question => ({
  shape: 'symbol',
  dataset,
  symbol: symbolOf(symbol),
  ...range,
});
const ofAll = (dataset: DatasetId, range = MONTH): Question => ({ shape: 'all', dataset, ...range });

/** One question for each data set and shape; the sample has rows for all of them. */
export const TUSHARE_QUESTIONS: readonly Question[] = [
  ofDay('daily_bars', '2024-07-18'),
  ofDay('daily_basics', '2024-07-18'),
  ofDay('adj_factors', '2024-07-18'),
  ofDay('price_limits', '2024-07-18'),
  ofDay('weekly_bars', '2024-07-19'),
  ofDay('monthly_bars', '2024-07-31'),
  ofDay('suspensions', '2024-07-19'),
  ofDay('announcements', '2024-07-18'),
  ofAll('stock_basics'),
  ofAll('trade_calendar'),
  ofAll('index_basics'),
  ofAll('quotes', { from: plainDay('2024-12-31'), to: plainDay('2024-12-31') }),
  ofAll('name_changes', YEARS),
  ofAll('news', { from: plainDay('2024-07-18'), to: plainDay('2024-07-18') }),
  ofSymbol('daily_bars'),
  ofSymbol('daily_basics'),
  ofSymbol('adj_factors'),
  ofSymbol('price_limits'),
  ofSymbol('weekly_bars'),
  ofSymbol('monthly_bars'),
  ofSymbol('index_bars', MONTH, '000001.SH'),
  ofSymbol('financials', QUARTERS),
  ofSymbol('dividends', QUARTERS),
];

const FAULTS: Readonly<Record<Misbehaviour, Fault>> = {
  silence: { kind: 'silence' },
  'half an answer': { kind: 'half_close' },
  reset: { kind: 'reset' },
  noise: { kind: 'garbage' },
  drip: { kind: 'drip', bytesPerSecond: 100 },
};

/** The client against the replay server over the sample. */
export async function openTushareStand(): Promise<SourceStand> {
  const replay = await startReplay({ world: await openWorld(sampleFolder()) });
  return {
    questions: TUSHARE_QUESTIONS,
    make: (timeouts) =>
      createTushareSource({
        baseUrl: replay.tushareUrl,
        token: () => TOKEN,
        clock: systemClock,
        timeouts,
      }),
    misbehave: (how) => replay.addFault({ match: { protocol: 'tushare' }, fault: FAULTS[how] }),
    behave: () => replay.clearFaults(),
    calls: () => Object.values(replay.counts()).reduce((sum, count) => sum + count, 0),
    close: () => replay.stop(),
  };
}
