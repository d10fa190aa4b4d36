import { runListSchema, runSchema, type Run } from '@tapekeeper/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RequestClaim } from '../../packages/server/src/ports/requestStore.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createHttpStand, type Answer, type HttpStand } from '../http/httpStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { SPAN } from '../support/smallMarket.ts';

const database = useCleanDatabase();
const WISH = { dataset: 'daily_bars', ...SPAN };
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
});

const send = (key: string, body: object = WISH, url = '/v1/runs', by: HttpStand = stand): Promise<Answer> =>
  by.ask({ method: 'POST', url, payload: body, headers: { 'idempotency-key': key } });
const runOf = (answer: Answer): Run => runSchema.parse(answer.json());
const runs = async (): Promise<readonly Run[]> =>
  runListSchema.parse((await stand.get('/v1/runs')).json()).runs;

/** Lets as much time go by for the requests that are known. */
async function pass(milliseconds: number): Promise<void> {
  await database().db.rows(sql`
    UPDATE tapekeeper.idempotent_request SET claimed_at = claimed_at - make_interval(secs => ${milliseconds / 1000}),
      created_at = created_at - make_interval(secs => ${milliseconds / 1000})`);
}

/** A server whose process gets as far as told with a run, and no further. */
async function dying(at: 'before making' | 'after making'): Promise<{
  readonly server: HttpStand;
  readonly died: Promise<RequestClaim>;
}> {
  const died = Promise.withResolvers<RequestClaim>();
  const store = (inner: Store): Store => ({
    ...inner,
    makingFor: (claim) => ({
      ...inner.makingFor(claim),
      createRun: async (run) => {
        if (at === 'after making') await inner.makingFor(claim).createRun(run);
        died.resolve(claim);
        return new Promise(() => {});
      },
    }),
  });
  const server = await createHttpStand(database().db, {
    deps: (deps) => ({ ...deps, store: store(deps.store) }),
  });
  return { server, died: died.promise };
}

describe('a request with a key of its own', () => {
  it('makes one thing however often it is sent, and is answered the same', async () => {
    const first = await send('a');
    const again = await send('a');
    expect(first.statusCode).toBe(202);
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    expect(again.statusCode).toBe(202);
    expect(again.headers).toMatchObject({
      'idempotent-replayed': 'true',
      location: first.headers.location,
    });
    expect(again.json()).toEqual(first.json());
    expect(await runs()).toHaveLength(1);
  });

  it('is answered as it was when what it made has gone on, or is gone', async () => {
    const first = await send('a');
    await stand.work();
    expect((await send('a')).json()).toEqual(first.json());
    await stand.ask({ method: 'DELETE', url: String(first.headers.location) });
    expect((await send('a')).json()).toEqual(first.json());
  });

  it('is another one with another key, and the same with spaces and fields in another order', async () => {
    const { dataset, from, to } = WISH;
    const first = runOf(await send('a'));
    expect(runOf(await send('b')).id).not.toBe(first.id);
    const headers = { 'idempotency-key': 'a', 'content-type': 'application/json' };
    const payload = JSON.stringify({ to, from, dataset }, null, 4);
    const again = await stand.ask({ method: 'POST', url: '/v1/runs', payload, headers });
    expect(runOf(again).id).toBe(first.id);
  });

  it('is refused when the key came with another question, or at another place', async () => {
    await send('a');
    const jobs = { key: 'nightly', definition: { type: 'example', name: 'nightly' } };
    for (const answer of [await send('a', { ...WISH, force: true }), await send('a', jobs, '/v1/jobs')]) {
      expect(answer.statusCode).toBe(422);
      expect(answer.json()).toMatchObject({ code: 'idempotency_mismatch' });
    }
    expect(await runs()).toHaveLength(1);
  });

  it('may be sent again after it was refused, since that made nothing', async () => {
    const unknown = { ...WISH, symbols: ['x'] };
    expect((await send('a', unknown)).statusCode).toBe(404);
    const again = await send('a', unknown);
    expect(again.statusCode).toBe(404);
    expect(again.headers).not.toHaveProperty('idempotent-replayed');
    expect((await send('a')).statusCode).toBe(202);
  });

  it('is known for a day', async () => {
    const first = runOf(await send('a'));
    await pass(23 * 3_600_000);
    expect(runOf(await send('a')).id).toBe(first.id);
    await pass(2 * 3_600_000);
    await send('b');
    expect(await database().db.rows(sql`SELECT key FROM tapekeeper.idempotent_request`)).toEqual([
      { key: 'b' },
    ]);
    expect(runOf(await send('a')).id).not.toBe(first.id);
  });

  it.each([
    ['nothing', ''],
    ['too much', 'x'.repeat(129)],
    ['a space', 'a b'],
  ])('is refused when the key is %s', async (_, key) => {
    const answer = await send(key);
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { code: 'bad_request' }]);
  });

  it('makes one run of fifty that come at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => send('a')));
    expect(await runs()).toHaveLength(1);
    for (const answer of answers) {
      if (answer.statusCode === 409) {
        expect(answer.json()).toMatchObject({ code: 'idempotency_busy' });
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      } else expect(answer.statusCode).toBe(202);
    }
  });
});

describe('a process that dies over a request with a key', () => {
  it('has made nothing: the request is taken over after a minute, and the dead one makes nothing any more', async () => {
    const { server, died } = await dying('before making');
    void send('a', WISH, '/v1/runs', server).catch(() => {});
    const claim = await died;
    const busy = await send('a');
    expect(busy.statusCode).toBe(409);
    expect(Number(busy.headers['retry-after'])).toBeGreaterThan(50);

    await pass(61_000);
    const taken = await send('a');
    expect(taken.statusCode).toBe(202);
    const late = stand.deps.store.makingFor(claim).createRun({
      type: 'sync',
      dataset: 'daily_bars',
      wish: WISH,
      params: null,
      cause: 'person',
      requestedBy: null,
      parentRunId: null,
    });
    await expect(late).rejects.toMatchObject({ code: 'idempotency_busy' });
    expect((await runs()).map(({ id }) => id)).toEqual([runOf(taken).id]);
  });

  it('has made it and answered nobody: the next one is told of it at once', async () => {
    const { server, died } = await dying('after making');
    void send('a', WISH, '/v1/runs', server).catch(() => {});
    await died;
    const [made] = await runs();
    const answer = await send('a');
    expect(answer.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(runOf(answer).id).toBe(made?.id);
    expect(await runs()).toHaveLength(1);
  });
});

describe('every request that makes something', () => {
  it('takes a key: a job, its copy, its run, a run made again, a comparison', async () => {
    const job = { key: 'nightly', definition: { type: 'example', name: 'nightly' } };
    const made = await send('job', job, '/v1/jobs');
    const asked: [string, string, object][] = [
      ['job', '/v1/jobs', job],
      ['copy', '/v1/jobs/nightly/copy', {}],
      ['trigger', '/v1/jobs/nightly/trigger', {}],
    ];
    expect(made.statusCode).toBe(201);
    for (const [key, url, body] of asked) {
      const [first, again] = [await send(key, body, url), await send(key, body, url)];
      expect([url, again.statusCode, again.json()]).toEqual([url, first.statusCode, first.json()]);
      expect(again.headers['idempotent-replayed']).toBe('true');
    }
    const { jobs } = (await stand.get('/v1/jobs')).json<{ jobs: { key: string }[] }>();
    expect(jobs.map(({ key }) => key)).toEqual(['nightly', 'nightly-copy']);

    const failed = runOf(await send('run'));
    await stand.post(`/v1/runs/${failed.id}/fail`, { reason: 'for the test' });
    const retried = await send('retry', {}, `/v1/runs/${failed.id}/retry`);
    await stand.post(`/v1/runs/${runOf(retried).id}/fail`, { reason: 'for the test' });
    expect(runOf(await send('retry', {}, `/v1/runs/${failed.id}/retry`)).id).toBe(runOf(retried).id);
  });
});
