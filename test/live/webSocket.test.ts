import { liveMessageSchema } from '@tapekeeper/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect as connectDatabase, sql } from '../../packages/server/src/store/connection.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { liveSocket, type LiveSocket } from './liveSocket.ts';
import { openLiveStand, TOKEN, type LiveStand } from './liveStand.ts';

let database: TestDatabase;
let stand: LiveStand;
const sockets: LiveSocket[] = [];

beforeAll(async () => {
  database = await createDatabase('live');
  stand = await openLiveStand(database);
});
afterAll(async () => {
  await stand.close();
  await database.drop();
});

const connect = (token: string | undefined = TOKEN): LiveSocket => liveSocket(stand.url, token);

/** Connected, and told of what comes. */
async function follow(topics: readonly string[], after?: number): Promise<LiveSocket> {
  const socket = connect();
  socket.send({ type: 'subscribe', topics, after });
  await socket.first('subscribed');
  sockets.push(socket);
  return socket;
}

describe('a WebSocket', () => {
  it('is told of the events of its topics, and of no others', async () => {
    const socket = await follow(['run:12', 'dataset:daily_bars']);
    await stand.tell(['run', { runId: 11, dataset: 'adj_factors' }]);
    const from = await stand.tell(
      ['run', { runId: 12, dataset: null }],
      ['coverage', { dataset: 'daily_bars' }],
    );
    await socket.first('events', ({ upTo }) => upTo >= from);
    expect(socket.seqs()).toEqual([from - 1, from]);
    socket.socket.close();
  });

  it('gets events soon, though nobody but the database calls', async () => {
    const socket = await follow(['runs']);
    const last = await stand.tell(['run', { runId: 1 }]);
    const frame = await socket.first('events', ({ events }) => events.some(({ seq }) => seq === last));
    expect(frame.events).toMatchObject([{ seq: last, kind: 'run', payload: { runId: 1 } }]);
    socket.socket.close();
  });

  it('that comes back is told of what it missed, once', async () => {
    const first = await follow(['run:5']);
    const known = await stand.tell(['run', { runId: 5, n: 1 }]);
    await first.first('events', ({ upTo }) => upTo >= known);
    first.socket.close();
    await first.closed;
    const missed = await stand.tell(
      ['run', { runId: 5, n: 2 }],
      ['run', { runId: 6 }],
      ['run', { runId: 5, n: 3 }],
    );
    const again = await follow(['run:5'], known);
    await again.first('events', ({ upTo }) => upTo >= missed);
    expect(again.seqs()).toEqual([missed - 2, missed]);
    again.socket.close();
  });

  it('with progress of one run is told one event of a frame, with all numbers', async () => {
    const after = await stand.tell(['run', { runId: 1 }]);
    const last = await stand.tell(
      ...Array.from(
        { length: 9 },
        (_, n) => ['progress', { runId: 70, shardNo: 1, items: n, rows: 2 }] as const,
      ),
    );
    const socket = await follow(['run:70'], after);
    const { events } = await socket.first('events', ({ upTo }) => upTo >= last);
    expect(events).toMatchObject([{ seq: last, payload: { items: 36, rows: 18 } }]);
    expect(socket.seqs()).toEqual(Array.from({ length: 9 }, (_, n) => after + 1 + n));
    socket.socket.close();
  });

  it('that changes its topics misses nothing of those that stay', async () => {
    const socket = await follow(['run:80']);
    const told: number[] = [];
    for (let round = 0; round < 10; round++) {
      told.push(await stand.tell(['run', { runId: 80 }]));
      socket.send({ type: 'subscribe', topics: round % 2 === 0 ? ['run:80', 'run:81'] : ['run:80'] });
    }
    await socket.first('events', ({ upTo }) => upTo >= (told.at(-1) ?? 0));
    expect(socket.seqs()).toEqual(told);
    socket.send({ type: 'unsubscribe', topics: ['run:80', 'run:81'] });
    await socket.first('subscribed', ({ topics }) => topics.length === 0);
    socket.socket.close();
  });

  it('whose number is unknown or too old has to begin anew', async () => {
    const latest = await stand.tell(['run', { runId: 1 }]);
    const ahead = connect();
    ahead.send({ type: 'subscribe', topics: ['runs'], after: latest + 1 });
    expect(await ahead.first('resync')).toMatchObject({ upTo: latest });
    const next = await stand.tell(['run', { runId: 1 }]);
    await ahead.first('events', ({ upTo }) => upTo >= next);
    expect(ahead.seqs()).toEqual([next]);
    ahead.socket.close();
  });

  it('is refused what is no topic, and goes on', async () => {
    const socket = connect();
    socket.send({ type: 'subscribe', topics: ['everything'] });
    expect(await socket.first('error')).toMatchObject({ code: 'bad_topic' });
    socket.send({ type: 'subscribe', topics: Array.from({ length: 101 }, (_, n) => `run:${n}`) });
    expect(await socket.first('error', ({ code }) => code === 'bad_request')).toBeDefined();
    socket.send({ type: 'nonsense' });
    socket.send({ type: 'ping' });
    await socket.first('pong');
    socket.socket.close();
  });

  it('says nothing but what the contract knows', () => {
    const said = sockets.flatMap(({ messages }) => messages);
    expect(said.length).toBeGreaterThan(20);
    expect(said.map((message) => liveMessageSchema.parse(message))).toEqual(said);
  });

  it('goes on getting events when the connection that listens is killed', async () => {
    const socket = await follow(['run:90']);
    const killer = await connectDatabase({
      url: database.adminUrl,
      max: 1,
      applicationName: 'killer',
      statementTimeoutMs: 5_000,
    });
    const killed = await killer.rows(sql`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'tapekeeper events'`);
    await killer.close();
    expect(killed).toHaveLength(1);
    const last = await stand.tell(['run', { runId: 90 }]);
    await socket.first('events', ({ upTo }) => upTo >= last);
    expect(socket.seqs()).toEqual([last]);
    socket.socket.close();
  });
});
