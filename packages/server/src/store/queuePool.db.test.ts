import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startSwitchProxy, type SwitchProxy } from '../../../../test/chaos/database/switchProxy.ts';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { openQueuePool } from './queuePool.ts';

// What the queue's library does with a pool: takes a client, asks once, gives it back without a word of how it went.

let database: TestDatabase;
let proxy: SwitchProxy;

beforeAll(async () => {
  database = await createDatabase('queue_pool');
  proxy = await startSwitchProxy(Number(new URL(database.url).port));
});
afterAll(async () => {
  await proxy.close();
  await database.drop();
});

/** A pool of one connection, through the switch, that waits for an answer this long. */
const poolOf = (answerMs: number) => {
  const url = new URL(database.url);
  url.port = String(proxy.port);
  url.searchParams.set('query_timeout', String(answerMs));
  const pool = openQueuePool(url.href, 1);
  onTestFinished(() => pool.end());
  return async (text: string): Promise<number> => {
    const client = await pool.connect();
    try {
      const { rows } = await client.query<{ pid: number }>(text);
      return rows[0]!.pid;
    } finally {
      client.release();
    }
  };
};

const PID = 'SELECT pg_backend_pid() AS pid';

test('a session that fell silent is told as one that passes, and is not handed out again', async () => {
  const ask = poolOf(1_000);
  const before = await ask(PID);
  proxy.deaden();
  await expect(ask(PID)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  expect(await ask(PID)).not.toBe(before);
});

test('sessions that are ended are told as such too, also when no new one can be had', async () => {
  const ask = poolOf(20_000);
  await ask(PID);
  const answer = Promise.allSettled([ask('SELECT pg_sleep(20)')]);
  proxy.cut();
  const [slow] = await answer;
  expect(slow).toMatchObject({ status: 'rejected', reason: { code: 'ETIMEDOUT' } });
  const port = Number(new URL(database.url).port);
  // a port that nobody listens on
  proxy.turnTo(1);
  await expect(ask(PID)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  proxy.turnTo(port);
  expect(await ask(PID)).toBeGreaterThan(0);
});

test('an error of a statement stays what it is, and so does its session', async () => {
  const ask = poolOf(20_000);
  const before = await ask(PID);
  await expect(ask('SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' });
  expect(await ask(PID)).toBe(before);
});
