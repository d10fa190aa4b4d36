import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followLive } from '@tapekeeper/client';
import { systemClock } from '../../packages/server/src/clock.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { seededRandom } from '../chaos/random.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { liveSocket } from './liveSocket.ts';
import { openLiveStand, TOKEN, type LiveStand } from './liveStand.ts';

let database: TestDatabase;
let stand: LiveStand;

beforeAll(async () => {
  database = await createDatabase('live');
  // few events in memory, so that most who come back are told from the log; and soon how far it has got
  stand = await openLiveStand(database, { limits: { recentEvents: 40, frameMs: 5, heartbeatMs: 100 } });
});
afterAll(async () => {
  await stand.close();
  await database.drop();
});

/** Numbers of the events of a run, as the log has them. */
async function logged(run: number): Promise<readonly number[]> {
  const rows = await database.db.rows<{ seq: number }>(sql`
    SELECT seq FROM tapekeeper.event WHERE (payload->>'runId')::int = ${run} ORDER BY seq`);
  return rows.map(({ seq }) => seq);
}

const RUNS = 3;
const CUTS = 1_000;
const READERS = 12;

describe('clients that come back', () => {
  it('after 1,000 cuts at random moments have got each event once, however writers commit', async () => {
    const random = seededRandom(7);
    let cuts = 0;
    const isOver = (): boolean => cuts >= CUTS;

    /** Two events with a pause in between, so that transactions end in another order than they began. */
    const write = async (): Promise<void> => {
      while (!isOver()) {
        await database.db.transaction(async (tx) => {
          for (let part = 0; part < 2; part++) {
            const payload = { runId: 1 + Math.floor(random() * RUNS), shardNo: 1, items: 1, rows: 1 };
            await tx.rows(sql`
              INSERT INTO tapekeeper.event_outbox (topic, payload)
              VALUES (${random() < 0.5 ? 'progress' : 'run'}, ${JSON.stringify(payload)}::jsonb)`);
            await tx.rows(sql`SELECT pg_sleep(${random() * 0.02})`);
          }
        });
      }
    };
    const publish = async (): Promise<void> => {
      while (!isOver()) {
        await stand.deps.store.publishEvents(7);
        await systemClock.sleep(2);
      }
    };
    /** What one client has got in all its lives. */
    const read = async (run: number): Promise<readonly number[]> => {
      const got: number[] = [];
      let known = 0;
      const live = async (lasts: (upTo: number) => boolean): Promise<void> => {
        const socket = liveSocket(stand.url, TOKEN);
        socket.send({ type: 'subscribe', topics: [`run:${run}`], after: known });
        await socket.first('events', ({ upTo }) => lasts(upTo));
        socket.socket.terminate();
        expect(socket.messages.some(({ type }) => type === 'resync')).toBe(false);
        got.push(...socket.seqs());
        known = socket.messages.reduce((most, { type, upTo }) => (type === 'events' ? upTo : most), known);
        cuts++;
      };
      while (!isOver()) {
        const frames = 1 + Math.floor(random() * 3);
        let seen = 0;
        await live(() => ++seen >= frames);
      }
      await writing;
      const { latest } = await stand.deps.store.eventBounds();
      if (known < latest) await live((upTo) => upTo >= latest);
      return got;
    };
    const writing = Promise.all([write(), write(), write(), publish(), publish()]).then(async () => {
      while ((await stand.deps.store.publishEvents(1_000)) > 0);
    });
    const all = await Promise.all(
      Array.from({ length: READERS }, async (_, n) => ({
        run: 1 + (n % RUNS),
        got: await read(1 + (n % RUNS)),
      })),
    );
    expect(cuts).toBeGreaterThanOrEqual(CUTS);
    // progress that was merged comes in the place of the last
    for (const { run, got } of all) expect(got.toSorted((a, b) => a - b)).toEqual(await logged(run));
  }, 120_000);

  it('too many events later, or after they were removed, have to begin anew', async () => {
    const small = await openLiveStand(database, { limits: { recentEvents: 2, replayEvents: 50 } });
    const old = await small.tell(['run', { runId: 40 }]);
    await small.tell(...Array.from({ length: 60 }, () => ['run', { runId: 41 }] as const));
    // before that it would be told of them as they come
    await until(async () => small.live.gateway.upTo() === old + 60);
    const behind = liveSocket(small.url, TOKEN);
    behind.send({ type: 'subscribe', topics: ['runs'], after: old });
    const { upTo } = await behind.first('resync');
    expect(upTo).toBe(old + 60);
    await database.db.rows(sql`DELETE FROM tapekeeper.event WHERE seq <= ${old + 40}`);
    const removed = liveSocket(small.url, TOKEN);
    removed.send({ type: 'subscribe', topics: ['runs'], after: old + 20 });
    await removed.first('resync');
    const kept = liveSocket(small.url, TOKEN);
    kept.send({ type: 'subscribe', topics: ['runs'], after: old + 40 });
    await kept.first('events', (frame) => frame.upTo >= old + 60);
    expect(kept.seqs()).toEqual(Array.from({ length: 20 }, (_, n) => old + 41 + n));
    for (const { socket } of [behind, removed, kept]) socket.terminate();
    await small.close();
  });

  it('are many at a time after a restart, and are all told of what they missed', async () => {
    const start = await stand.tell(['run', { runId: 50 }]);
    await stand.tell(...Array.from({ length: 2_500 }, (_, n) => ['run', { runId: 50 + (n % 5) }] as const));
    const sockets = Array.from({ length: 40 }, () => liveSocket(stand.url, TOKEN));
    for (const socket of sockets) socket.send({ type: 'subscribe', topics: ['run:51'], after: start });
    for (const socket of sockets) {
      await socket.first('events', ({ upTo }) => upTo >= start + 2_500);
      expect(socket.seqs()).toEqual(await logged(51));
    }
    for (const { socket } of sockets) socket.terminate();
  });
});

describe('the client of the program', () => {
  it('goes on by itself when the server comes back, with nothing missed or told twice', async () => {
    let server = await openLiveStand(database);
    const { port, url } = server;
    const got: number[] = [];
    const states: string[] = [];
    const client = followLive({
      url,
      token: TOKEN,
      topics: ['run:60'],
      pausesMs: [20],
      onEvents: (events) => got.push(...events.flatMap(({ seq, merged }) => merged ?? [seq])),
      onState: (state) => states.push(state),
    });
    await until(async () => states.length > 0);
    for (let round = 0; round < 3; round++) {
      const last = await server.tell(['run', { runId: 60 }], ['run', { runId: 61 }]);
      await until(async () => (client.upTo ?? 0) >= last);
      await server.close();
      await stand.tell(['run', { runId: 60, whileDown: true }]);
      server = await openLiveStand(database, { port });
    }
    await until(async () => got.length === 6);
    expect(got).toEqual(await logged(60));
    expect(states.filter((state) => state === 'lost')).toHaveLength(3);
    client.close();
    await client.ended;
    await server.close();
  });

  it('ends with what coming back would not mend', async () => {
    const follow = (token: string, topic: string): Promise<void> =>
      followLive({ url: stand.url, token, topics: [topic], onEvents: () => {} }).ended;
    await expect(follow('wrong', 'runs')).rejects.toMatchObject({ code: 'live_unproved' });
    await expect(follow(TOKEN, 'nonsense')).rejects.toMatchObject({ code: 'bad_topic' });
  });
});
