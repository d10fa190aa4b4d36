import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { openLiveStand, TOKEN, type LiveStand } from './liveStand.ts';

let database: TestDatabase;
let stand: LiveStand;

beforeAll(async () => {
  database = await createDatabase('live');
  stand = await openLiveStand(database, { limits: { heartbeatMs: 300 } });
});
afterAll(async () => {
  await stand.close();
  await database.drop();
});

interface Sent {
  readonly id: number;
  readonly event: string;
  readonly data: { readonly events?: readonly { readonly seq: number }[]; readonly reason?: string };
}

/** Reads server-sent events until one fits, or the server ends the stream. */
async function readUntil(
  query: string,
  fits: (sent: Sent) => boolean,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly Sent[]> {
  const stopping = new AbortController();
  const answer = await fetch(`${stand.url}/v1/events?${query}`, {
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    signal: stopping.signal,
  });
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const sent: Sent[] = [];
  let text = '';
  const decoder = new TextDecoder();
  for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(part, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks.filter((one) => one.startsWith('event:'))) {
      const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
      sent.push({
        id: Number(field('id')),
        event: field('event'),
        data: JSON.parse(field('data')) as Sent['data'],
      });
    }
    if (sent.some(fits)) break;
  }
  stopping.abort();
  return sent;
}

const seqsOf = (sent: readonly Sent[]): readonly number[] =>
  sent.flatMap(({ data }) => (data.events ?? []).map(({ seq }) => seq));

describe('server-sent events', () => {
  it('tell the same as the WebSocket, from a number on, and name what to come back with', async () => {
    const start = await stand.tell(['run', { runId: 1 }]);
    const last = await stand.tell(['run', { runId: 1 }], ['run', { runId: 2 }], ['run', { runId: 1 }]);
    const sent = await readUntil(`topics=run:1&after=${start}`, ({ id }) => id >= last);
    expect(sent[0]).toMatchObject({ event: 'subscribed', id: start });
    expect(seqsOf(sent)).toEqual([last - 2, last]);
    const again = await readUntil('topics=run:1&after=0', ({ event }) => event === 'events', {
      'last-event-id': String(last - 1),
    });
    expect(seqsOf(again)).toEqual([last]);
  });

  it('say now and then how far they are, so that coming back costs little', async () => {
    const latest = await stand.tell(['run', { runId: 9 }]);
    const sent = await readUntil(
      'topics=run:1',
      ({ event, data }) => event === 'events' && data.events?.length === 0,
    );
    expect(sent.at(-1)?.id).toBe(latest);
  });

  it('are for those who may read', async () => {
    const { app, port } = stand;
    const host = `127.0.0.1:${port}`;
    const ask = (url: string, headers: object = {}) => app.inject({ url, headers: { host, ...headers } });
    expect((await ask('/v1/events?topics=runs')).statusCode).toBe(401);
    const known = { authorization: `Bearer ${TOKEN}` };
    expect((await ask('/v1/events?topics=nonsense', known)).statusCode).toBe(400);
    expect((await ask('/v1/events', known)).statusCode).toBe(400);
  });

  it('leave nothing behind when the client has gone', async () => {
    const [first] = await readUntil('topics=runs', ({ event }) => event === 'subscribed');
    expect(first).toMatchObject({ event: 'subscribed' });
    await until(async () => stand.live.gateway.figures().connections === 0);
  });

  it('end in order when the server does', async () => {
    const short = await openLiveStand(database);
    const own = stand;
    stand = short;
    const reading = readUntil('topics=runs', () => false);
    await until(async () => short.live.gateway.figures().connections === 1);
    await short.close();
    stand = own;
    expect((await reading).at(-1)).toMatchObject({ event: 'end', data: { reason: 'restart' } });
  });
});
