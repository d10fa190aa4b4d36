import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import { createEventFeed } from '../../packages/server/src/live/eventFeed.ts';
import type { Clock } from '../../packages/server/src/ports/clock.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { listenForEvents } from '../../packages/server/src/store/listen.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { quietLog } from '../support/quietLog.ts';
import { startSilentProxy } from '../support/silentProxy.ts';
import { until } from '../support/until.ts';

const database = useCleanDatabase();

/** Who waits by it waits until he is called. */
const PATIENT: Clock = {
  ...systemClock,
  sleep: (_, signal) =>
    new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('called')))),
};

it('a connection that listens and has gone half open is made anew, and no event is lost', async () => {
  const { db, url } = database();
  const store = createStore(db);
  const proxy = await startSilentProxy(url);
  const signal = listenForEvents(proxy.url, systemClock, quietLog, { everyMs: 200, withinMs: 300 });
  const read: number[] = [];
  // it never looks by itself: what it has read it was called for
  const feed = createEventFeed({ store, clock: PATIENT, log: quietLog }, signal, {
    begin: () => {},
    take: (entries) => void read.push(...entries.map(({ event }) => event.seq)),
  });
  await feed.start();
  onTestFinished(async () => {
    await feed.stop();
    await proxy.close();
  });
  let told = 0;
  const tell = async (count: number): Promise<void> => {
    await db.rows(sql`
      INSERT INTO tapekeeper.event_outbox (topic, payload)
      SELECT 'run', jsonb_build_object('runId', no) FROM generate_series(1, ${count}::int) AS no`);
    while ((await store.publishEvents(1_000)) > 0);
    told += count;
  };
  const hasAll = async (): Promise<boolean> => read.length >= told;

  await until(async () => proxy.connections() === 1);
  await tell(3);
  await until(hasAll);
  for (let times = 1; times <= 3; times++) {
    const before = proxy.connections();
    proxy.silence();
    await tell(50);
    await until(hasAll);
    expect(proxy.connections()).toBeGreaterThan(before);
    await tell(2);
    await until(hasAll);
  }
  expect(read).toHaveLength(told);
  const first = read[0] ?? 0;
  expect(read).toEqual(Array.from({ length: told }, (_, at) => first + at));
});
