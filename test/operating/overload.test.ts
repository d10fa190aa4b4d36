import { describe, expect, it } from 'vitest';
import { systemClock, watchEventLoop } from '../../packages/server/src/clock.ts';
import { COSTLY } from '../../packages/server/src/http/loadGate.ts';
import { BEGIN_RUNS } from '../../packages/server/src/http/runLimit.ts';
import { POLICY } from '../../packages/server/src/http/auth/policy.ts';
import { createMetricsBook } from '../../packages/server/src/observe/metricsBook.ts';
import { createHttpStand, TOKEN, type HttpStand } from '../http/httpStand.ts';
import { makeUser } from '../security/identities.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { SPAN } from '../support/smallMarket.ts';
import { until } from '../support/until.ts';
import { ask, serve } from './servedInstallation.ts';

const database = useCleanDatabase();
const LIMITS = { mostRequests: 20, lateMs: () => 0, mostOpenRuns: 50 };

/** How often each status came. */
function tally(statuses: readonly number[]): Record<number, number> {
  return Object.fromEntries(
    [...Map.groupBy(statuses, (one) => one)].map(([status, of]) => [status, of.length]),
  );
}

describe('more requests than are answered at a time', () => {
  it('are told to come again, at once; whether the process lives is still answered; then all is well', async () => {
    const gate = Promise.withResolvers<void>();
    let waiting = 0;
    const stand = await createHttpStand(database().db, {
      http: { limits: LIMITS },
      deps: (deps) => ({
        ...deps,
        store: {
          ...deps.store,
          async groups() {
            waiting += 1;
            await gate.promise;
            return deps.store.groups();
          },
        },
      }),
    });
    const asked = Array.from({ length: 60 }, () => stand.get('/v1/groups'));
    await until(async () => waiting === 20);
    const refused = await stand.get('/v1/groups');
    expect([refused.statusCode, refused.json(), refused.headers['retry-after']]).toMatchObject([
      503,
      { code: 'overloaded' },
      '5',
    ]);
    expect((await stand.get('/livez')).statusCode).toBe(200);
    gate.resolve();
    expect(tally((await Promise.all(asked)).map(({ statusCode }) => statusCode))).toEqual({
      200: 20,
      503: 40,
    });
    const after = await Promise.all(Array.from({ length: 20 }, () => stand.get('/v1/groups')));
    expect(tally(after.map(({ statusCode }) => statusCode))).toEqual({ 200: 20 });
  });

  it('are answered or refused over real connections, three times as many as there may be, and nothing is left open', async () => {
    const server = await serve(database(), { env: { TAPEKEEPER_MOST_REQUESTS: '5' } });
    const statuses: number[] = [];
    const client = async (): Promise<void> => {
      for (let count = 0; count < 12; count++) statuses.push((await ask(server, '/v1/runs')).status);
    };
    await Promise.all(Array.from({ length: 15 }, client));
    expect(statuses).toHaveLength(180);
    expect(statuses.filter((status) => ![200, 429, 503].includes(status))).toEqual([]);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
    for (let count = 0; count < 6; count++) expect((await ask(server, '/v1/runs')).status).toBe(200);
  });

  it('given up by their clients make room', async () => {
    const stand = await createHttpStand(database().db, { http: { limits: { ...LIMITS, mostRequests: 1 } } });
    for (let count = 0; count < 3; count++) expect((await stand.get('/v1/nothing')).statusCode).toBe(404);
    expect((await stand.get('/v1/groups')).statusCode).toBe(200);
  });
});

describe('an event loop that is late', () => {
  it('begins nothing more until it is back', async () => {
    let lateMs = 501;
    const stand = await createHttpStand(database().db, {
      http: { limits: { ...LIMITS, lateMs: () => lateMs } },
    });
    expect([(await stand.get('/v1/groups')).statusCode, (await stand.get('/livez')).statusCode]).toEqual([
      503, 200,
    ]);
    lateMs = 0;
    expect((await stand.get('/v1/groups')).statusCode).toBe(200);
  });

  it('is measured over the last second', async () => {
    let now = 0;
    const book = createMetricsBook(
      { ...systemClock, monotonic: () => now },
      { ofProcess: false, loop: watchEventLoop() },
    );
    const busy = (): Promise<void> =>
      new Promise((resolve) => {
        const end = performance.now() + 100;
        while (performance.now() < end);
        setImmediate(resolve);
      });
    for (let turn = 0; turn < 6; turn++) await busy();
    expect(book.lateMs()).toBe(0);
    now = 1_000;
    expect(book.lateMs()).toBeGreaterThan(30);
    // nobody has asked for long: whatever was then says nothing of now
    now = 10_000;
    expect(book.lateMs()).toBe(0);
  });
});

describe('costly requests', () => {
  it('are a few for each of those who ask', async () => {
    let reading = 0;
    const stand = await createHttpStand(database().db, {
      http: { limits: LIMITS },
      deps: (deps) => ({
        ...deps,
        store: {
          ...deps.store,
          openSnapshot() {
            reading += 1;
            return new Promise(() => {});
          },
        },
      }),
    });
    const read = (headers: Record<string, string> = {}) =>
      stand.ask({ url: '/v1/data/daily_bars?format=ndjson', headers });
    for (let count = 0; count < 4; count++) void read();
    await until(async () => reading === 4);
    const fifth = await read();
    expect([fifth.statusCode, fifth.json(), fifth.headers['retry-after']]).toMatchObject([
      429,
      { code: 'too_many_requests' },
      '5',
    ]);
    void read({ authorization: `Bearer ${TOKEN}` });
    await until(async () => reading === 5);
    expect((await stand.get('/v1/groups')).statusCode).toBe(200);
  });
});

describe('runs that people begin', () => {
  const begin = (stand: HttpStand) => stand.post('/v1/runs', { dataset: 'daily_bars', ...SPAN, force: true });

  it('are no more than may be open, schedules not counted', async () => {
    const stand = await createHttpStand(database().db, { http: { limits: { ...LIMITS, mostOpenRuns: 2 } } });
    const first = await begin(stand);
    expect([first.statusCode, (await begin(stand)).statusCode]).toEqual([202, 202]);
    const third = await begin(stand);
    expect([third.statusCode, third.json()]).toMatchObject([429, { code: 'too_many_runs' }]);
    await stand.work();
    expect((await begin(stand)).statusCode).toBe(202);
  });

  it('are counted by person, so that nobody shuts the others out, up to ten times as many together', async () => {
    const stand = await createHttpStand(database().db, { http: { limits: { ...LIMITS, mostOpenRuns: 1 } } });
    const ann = await makeUser(stand.deps, 'ann', 'operator');
    const beginAs = async (name: string): Promise<unknown> => {
      const { headers } = name === 'ann' ? ann : await makeUser(stand.deps, name, 'operator');
      const payload = { dataset: 'daily_bars', ...SPAN, force: true };
      const answer = await stand.ask({ method: 'POST', url: '/v1/runs', payload, headers });
      return answer.statusCode === 202 ? 202 : answer.json<{ code: string }>().code;
    };
    expect([await beginAs('ann'), await beginAs('ann')]).toEqual([202, 'too_many_runs']);
    for (let other = 2; other <= 10; other++) expect(await beginAs(`person${other}`)).toBe(202);
    expect([await beginAs('ann'), await beginAs('eve')]).toEqual(['too_many_runs', 'too_many_runs_together']);
  });
});

it('names routes that there are', () => {
  const named = [...BEGIN_RUNS, ...COSTLY];
  expect(named.filter((operation) => !Object.hasOwn(POLICY, operation))).toEqual([]);
});
