import { plainDay, type Row, type Symbol } from '@tapekeeper/core';
import { afterEach } from 'vitest';
import type { AppDeps } from '../../packages/server/src/app/deps.ts';
import type { HttpApp } from '../../packages/server/src/http/context.ts';
import { createHttp, type HttpOptions } from '../../packages/server/src/http/createHttp.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import { createMetricsBook } from '../../packages/server/src/observe/metricsBook.ts';
import type { Database } from '../../packages/server/src/store/connection.ts';
import { createAppStand, type AppStand, type AppStandOptions } from '../support/appStand.ts';
import { createHandSource, type HandSource } from '../support/handSource.ts';
import { BY_DAY, BY_SYMBOL, honestAnswer } from '../support/smallMarket.ts';

export const PORT = 8000;
export const HOST = `127.0.0.1:${PORT}`;
export const TOKEN = 'the-token-of-the-tests';
export const PAGE_DIR = new URL('../../packages/web/public/', import.meta.url).pathname;

export interface Asked {
  readonly method?: 'GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string | object;
}

export type Answer = Awaited<ReturnType<HttpApp['inject']>>;

export interface HttpStand extends AppStand {
  readonly app: HttpApp;
  readonly tushare: HandSource;
  readonly baostock: HandSource;
  /** A request as a command on this machine makes it, with the token where it writes. */
  ask(request: Asked): Promise<Answer>;
  get(url: string): Promise<Answer>;
  post(url: string, body: object): Promise<Answer>;
}

export interface HttpStandOptions extends Partial<AppStandOptions> {
  /** Changes what the interface is given, and not what works on runs. */
  readonly deps?: (deps: AppDeps) => AppDeps;
  readonly schemaStatus?: HttpOptions['schemaStatus'];
  readonly openReading?: HttpOptions['openReading'];
  /** Whether it outlives the test that made it; whoever made it closes it then. */
  readonly stays?: boolean;
  /** What else the interface is given: limits, public hosts, proxies. */
  readonly http?: Partial<HttpOptions>;
}

const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'DELETE']);

const opened: HttpApp[] = [];

/** The interface over the use cases, with two honest sources; it listens nowhere and is closed after the test. */
export async function createHttpStand(db: Database, options: HttpStandOptions = {}): Promise<HttpStand> {
  const tushare = createHandSource({
    id: 'tushare',
    capabilities: BY_DAY,
    answer: (question) => honestAnswer(question),
  });
  const baostock = createHandSource({
    id: 'baostock',
    capabilities: BY_SYMBOL,
    answer: (question) => honestAnswer(question),
  });
  const { deps: change = (deps: AppDeps) => deps, schemaStatus, ...rest } = options;
  const stand = await createAppStand(db, { sources: [tushare, baostock], ...rest });
  const app = createHttp({
    deps: change(stand.deps),
    facts: { version: '1.2.3', mode: 'replay', startedAt: 0 },
    token: TOKEN,
    tokenFile: '/data/api-token',
    openReading: options.openReading ?? 'until-admin',
    port: () => PORT,
    schemaStatus: schemaStatus ?? (async () => ({ found: 4, known: 4 })),
    pageDir: PAGE_DIR,
    metrics: createMetricsBook(systemClock, { ofProcess: false }),
    ...options.http,
  });
  if (options.stays !== true) opened.push(app);
  await app.ready();
  const ask = (request: Asked): Promise<Answer> =>
    app.inject({
      ...request,
      headers: {
        host: HOST,
        ...(WRITES.has(request.method ?? 'GET') ? { authorization: `Bearer ${TOKEN}` } : {}),
        ...request.headers,
      },
    });
  return {
    ...stand,
    app,
    tushare,
    baostock,
    ask,
    get: (url) => ask({ method: 'GET', url }),
    post: (url, body) => ask({ method: 'POST', url, payload: body }),
  };
}

afterEach(async () => {
  for (const app of opened.splice(0)) await app.close();
});

/** A line of the stock list with days of its own. */
export function listed(stock: Row, days: { from?: string; until?: string }): Row {
  const { from, until } = days;
  return {
    ...stock,
    ...(from === undefined ? {} : { list_date: plainDay(from) }),
    ...(until === undefined ? {} : { delist_date: plainDay(until), list_status: 'D' }),
  };
}

/** Whether a row is of that symbol. */
export function isOf(symbol: Symbol): (row: Row) => boolean {
  return (row) => row['symbol'] === symbol;
}
