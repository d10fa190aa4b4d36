import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { gather } from './crowd.ts';
import { liveSocket } from './liveSocket.ts';
import { openLiveStand, TOKEN, type Fact, type LiveStand } from './liveStand.ts';

let database: TestDatabase;
let stand: LiveStand;

beforeAll(async () => {
  database = await createDatabase('live');
  stand = await openLiveStand(database, {
    limits: { frameMs: 100, highBytes: 64 * 1024, lowBytes: 16 * 1024, behindMs: 700 },
  });
});
afterAll(async () => {
  await stand.close();
  await database.drop();
});

const CLIENTS = 1_000;
const RUNS = 20;
const ROUNDS = 5;
const MEGABYTE = 1024 * 1024;

describe('1,000 live clients', () => {
  it('all get all events of their topics, once, and cost little memory', async () => {
    const { url } = stand;
    const before = process.memoryUsage().heapUsed;
    const crowd = await gather({
      url,
      token: TOKEN,
      clients: CLIENTS,
      from: 0,
      runs: RUNS,
      everybody: 'sets',
    });
    expect(stand.live.gateway.figures().connections).toBe(CLIENTS);
    let last = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const facts = Array.from({ length: 10 * RUNS }, (_, n): Fact => {
        const payload = { runId: n % RUNS, items: 1, rows: 1 };
        return n % 2 === 0 ? ['run', payload] : ['progress', payload];
      });
      last = await stand.tell(...facts, ['symbol_set', { name: `round ${round}` }]);
    }
    const { counts, faulty } = await crowd.until(last);
    const each = ROUNDS * (10 + 1);
    expect(faulty).toBe(0);
    expect(counts).toEqual(
      Object.fromEntries(Array.from({ length: RUNS }, (_, run) => [run, { least: each, most: each }])),
    );
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * MEGABYTE);
    await crowd.leave();
    await until(async () => stand.live.gateway.figures().connections === 0);
  });
});

describe('a client that does not read', () => {
  it('is sent away, while the others get everything', async () => {
    const [slow, other] = [liveSocket(stand.url, TOKEN), liveSocket(stand.url, TOKEN)];
    for (const socket of [slow, other]) socket.send({ type: 'subscribe', topics: ['runs'] });
    await Promise.all([slow.first('subscribed'), other.first('subscribed')]);
    slow.socket.pause();
    const told: number[] = [];
    let isAway = false;
    const sentAway = stand.live.gateway.figures().tooSlow + 1;
    while (!isAway) {
      const pad = 'x'.repeat(100_000);
      const facts = Array.from({ length: 10 }, (_, n): Fact => ['run', { runId: n, pad }]);
      const last = await stand.tell(...facts);
      told.push(...facts.map((_, n) => last - facts.length + 1 + n));
      isAway = stand.live.gateway.figures().tooSlow === sentAway;
    }
    slow.socket.resume();
    expect(await slow.closed).toBe(1013);
    await other.first('events', ({ upTo }) => upTo >= (told.at(-1) ?? 0));
    expect(other.seqs()).toEqual(told);
    expect(slow.seqs()).toEqual(told.slice(0, slow.seqs().length));
    other.socket.close();
  });

  it('for a while, and then does, has missed nothing', async () => {
    const socket = liveSocket(stand.url, TOKEN);
    socket.send({ type: 'subscribe', topics: ['runs'] });
    const { upTo: start } = await socket.first('subscribed');
    let last = start;
    for (let round = 0; round < 12; round++) {
      if (round % 4 === 0) socket.socket.pause();
      last = await stand.tell(
        ...Array.from({ length: 5 }, (): Fact => ['run', { runId: 1, pad: 'x'.repeat(50_000) }]),
      );
      if (round % 4 === 2) socket.socket.resume();
    }
    socket.socket.resume();
    await socket.first('events', ({ upTo }) => upTo >= last);
    expect(socket.seqs()).toEqual(Array.from({ length: 60 }, (_, n) => start + 1 + n));
    socket.socket.close();
  });
});
