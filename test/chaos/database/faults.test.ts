import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../packages/server/src/clock.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { until } from '../../support/until.ts';
import { openFaultStand, type FaultStand } from './faultStand.ts';
import { OwnServer } from './ownServer.ts';

// What a database can do to a worker that collects: end at once, again and again (D1), hand over to
// another server (D2), fall silent without a word (D3).

/** Servers start and recover, workers wait and try again: that takes its time on a busy machine. */
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const RESTARTS = 3;
const SYMBOLS = 60;

let servers: OwnServer[];
let current: OwnServer;
let stand: FaultStand | undefined;

beforeEach(() => {
  servers = [];
  stand = undefined;
});

afterEach(async () => {
  await stand?.close();
  for (const server of servers) await server.remove();
});

const open = async (): Promise<FaultStand> =>
  (stand = await openFaultStand(current, { serverNow: () => current, symbols: SYMBOLS }));

/** Resolves when the run has come as far as this part of its items. */
async function reached(run: number, part: number): Promise<void> {
  await until(async () => {
    const total = await stand!.itemsTotal(run);
    return total > 0 && (await stand!.itemsDone(run)) >= total * part;
  });
}

describe('D1: a database that ends at once', () => {
  test('in the middle of a run, several times, costs nothing: the run ends well and every row is right', async () => {
    current = await OwnServer.make();
    servers.push(current);
    const { node, begin, ended, faults, itemsDone, proxy } = await open();
    await node.start();
    await node.ready;
    const run = await begin();
    const reconnected: number[] = [];
    for (let restart = 1; restart <= RESTARTS; restart += 1) {
      await reached(run, restart / (RESTARTS + 1));
      const before = await itemsDone(run);
      await current.crash();
      await current.start();
      proxy.turnTo(current.port);
      const up = systemClock.monotonic();
      await until(async () => (await itemsDone(run)) > before);
      reconnected.push(systemClock.monotonic() - up);
    }
    expect((await ended(run)).state).toBe('success');
    expect(await faults()).toEqual([]);
    // promised are 5 s; the bound leaves room for a busy machine
    expect(Math.max(...reconnected)).toBeLessThan(50_000);
  });
});

describe('D2: a database that fails over', () => {
  test('to a synchronous standby loses nothing', async () => {
    const primary = await OwnServer.make();
    servers.push(primary);
    await primary.stop();
    const standby = await primary.standby();
    servers.push(standby);
    await primary.start();
    current = primary;
    const { proxy, node, begin, ended, faults, itemsDone } = await open();
    await follow(primary, standby);
    await node.start();
    await node.ready;
    const run = await begin();
    await reached(run, 0.4);
    await primary.crash();
    await standby.promote();
    await withAdmin(standby, async (db) => {
      await db.rows(sql`ALTER SYSTEM RESET synchronous_standby_names`);
      await db.rows(sql`SELECT pg_reload_conf()`);
    });
    current = standby;
    proxy.turnTo(standby.port);
    proxy.cut();
    const done = await itemsDone(run);
    await until(async () => (await itemsDone(run)) > done);
    expect((await ended(run)).state).toBe('success');
    expect(await faults()).toEqual([]);
  });
});

describe('D3: a database that falls silent without a word', () => {
  test('is found out, the work goes on over new sessions, and nothing comes twice', async () => {
    current = await OwnServer.make();
    servers.push(current);
    const { proxy, node, begin, ended, faults, itemsDone } = await open();
    await node.start();
    await node.ready;
    const run = await begin();
    await reached(run, 0.1);
    const done = await itemsDone(run);
    expect(proxy.deaden()).toBeGreaterThan(0);
    await until(async () => (await itemsDone(run)) > done + 2);
    expect((await ended(run)).state).toBe('success');
    expect(await faults()).toEqual([]);
  });
});

/** Starts the standby behind a primary that waits for it with each commit. */
async function follow(primary: OwnServer, standby: OwnServer): Promise<void> {
  const { password } = new URL(await primary.superuserUrl());
  const user = new URL(await primary.superuserUrl()).username;
  await standby.start({
    primary_conninfo: `host=127.0.0.1 port=${primary.port} user=${user} password=${password} application_name=standby`,
    hot_standby: 'on',
  });
  await withAdmin(primary, async (db) => {
    await db.rows(sql`ALTER SYSTEM SET synchronous_standby_names = 'standby'`);
    await db.rows(sql`SELECT pg_reload_conf()`);
  });
  await until(async () =>
    withAdmin(primary, async (db) => {
      const rows = await db.rows(sql`SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`);
      return rows.length === 1;
    }),
  );
}

async function withAdmin<T>(
  server: OwnServer,
  work: (db: Awaited<ReturnType<OwnServer['admin']>>) => Promise<T>,
): Promise<T> {
  const db = await server.admin();
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
