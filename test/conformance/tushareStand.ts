import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { Source } from '../../packages/server/src/ports/source.ts';
import {
  createTushareSource,
  type TushareOptions,
} from '../../packages/server/src/sources/tushare/tushareSource.ts';
import { UNHURRIED } from './deadlines.ts';
import { startLoopbackHttp } from './loopbackHttp.ts';

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
