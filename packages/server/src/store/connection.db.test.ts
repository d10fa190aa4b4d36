import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Client, DatabaseError } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { connect, hostOf, sql, type Database } from './connection.ts';

let database: TestDatabase;
let db: Database;
let owner: Database;

beforeAll(async () => {
  database = await createDatabase('connection');
  db = database.db;
  owner = await connect({
    url: database.ownerUrl,
    max: 3,
    applicationName: 'tests',
    statementTimeoutMs: 20_000,
  });
  await owner.rows(sql`CREATE TABLE market.thing (id int PRIMARY KEY, label text)`);
});
afterAll(async () => {
  await owner.close();
  await database.drop();
});

const killBackend = async (pid: number) => {
  const killer = new Client({ connectionString: database.adminUrl });
  await killer.connect();
  await killer.query('SELECT pg_terminate_backend($1, 10000)', [pid]);
  await killer.end();
};

test('binds what is put into a statement, whatever it holds', async () => {
  const hostile = `'; DROP TABLE market.thing; --`;
  expect(
    await db.one(sql`SELECT ${hostile}::text AS text, ${[1, 2]}::int[] AS list, ${null}::int AS nothing`),
  ).toEqual({
    text: hostile,
    list: [1, 2],
    nothing: null,
  });
});

test('gives numbers, days and instants instead of texts and Date objects', async () => {
  const row = await db.one(sql`
    SELECT 9007199254740991 AS big, 1.25::numeric AS ratio, date '2024-02-29' AS day,
      timestamptz '2024-01-02 09:30:00.250+08' AS at, timestamptz 'infinity' AS ever, date 'infinity' AS always,
      timestamp '2024-01-02 09:30:00' AS wall, interval '90 min' AS length`);
  expect(row).toEqual({
    big: 9_007_199_254_740_991,
    ratio: 1.25,
    day: '2024-02-29',
    at: Date.UTC(2024, 0, 2, 1, 30, 0, 250),
    ever: Infinity,
    always: 'infinity',
    wall: '2024-01-02 09:30:00',
    length: '01:30:00',
  });
});

test('gives the same inside of arrays, nulls kept', async () => {
  expect(
    await db.one(sql`
      SELECT ARRAY[1, null, 3]::bigint[] AS big, ARRAY[[1.5], [2]]::numeric[] AS nested,
        ARRAY['2024-02-29']::date[] AS days, ARRAY['1970-01-01 00:00:01+00']::timestamptz[] AS instants`),
  ).toEqual({ big: [1, null, 3], nested: [[1.5], [2]], days: ['2024-02-29'], instants: [1000] });
});

test('throws on a bigint that a number cannot hold', async () => {
  await expect(db.rows(sql`SELECT 9007199254740993::bigint`)).rejects.toThrow(/9007199254740993/);
  expect(await db.one(sql`SELECT 1 AS fine`)).toEqual({ fine: 1 });
});

test('tells none, one and many rows apart', async () => {
  const many = sql`SELECT generate_series(1, 2)`;
  expect(await db.maybe(sql`SELECT 1 WHERE false`)).toBeUndefined();
  await expect(db.one(sql`SELECT 1 WHERE false`)).rejects.toThrow(/none came/);
  await expect(db.one(many)).rejects.toThrow(/2 came/);
  await expect(db.maybe(many)).rejects.toThrow(/2 came/);
});

test('passes errors of SQL through with their state, and keeps the connection', async () => {
  const single = await connect({
    url: database.url,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 5_000,
  });
  const pidOf = () => single.one(sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`);
  const before = await pidOf();
  const error = await single.rows(sql`SELECT 1 / 0`).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DatabaseError);
  expect(error).toMatchObject({ code: '22012' });
  expect(await pidOf()).toEqual(before);
  await single.close();
});

test('commits the work of a transaction, or none of it', async () => {
  await db.transaction((tx) => tx.rows(sql`INSERT INTO market.thing VALUES (1, 'kept')`));
  const failing = db.transaction(async (tx) => {
    await tx.rows(sql`INSERT INTO market.thing VALUES (2, 'lost')`);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await db.rows(sql`SELECT id FROM market.thing ORDER BY id`)).toEqual([{ id: 1 }]);
});

test('rejects a transaction whose failed statement was swallowed: its COMMIT commits nothing', async () => {
  const swallowing = db.transaction(async (tx) => {
    await tx.rows(sql`INSERT INTO market.thing VALUES (3, 'lost')`);
    await tx.rows(sql`SELECT 1 / 0`).catch(() => {});
  });
  await expect(swallowing).rejects.toMatchObject({ code: 'internal' });
  expect(await db.rows(sql`SELECT id FROM market.thing WHERE id = 3`)).toEqual([]);
});

test('rejects when COMMIT itself fails', async () => {
  await owner.rows(
    sql`ALTER TABLE market.thing ADD CONSTRAINT once UNIQUE (label) DEFERRABLE INITIALLY DEFERRED`,
  );
  const doubling = db.transaction((tx) =>
    tx.rows(sql`INSERT INTO market.thing VALUES (4, 'same'), (5, 'same')`),
  );
  await expect(doubling).rejects.toMatchObject({ code: '23505' });
  await owner.rows(sql`ALTER TABLE market.thing DROP CONSTRAINT once`);
});

test('refuses statements after the end of their transaction', async () => {
  const tx = await db.transaction(async (inside) => inside);
  await expect(tx.rows(sql`SELECT 1`)).rejects.toThrow(/after the end/);
});

test('turns the loss of a connection into database_unreachable and goes on with a new one', async () => {
  const single = await connect({
    url: database.url,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 20_000,
  });
  const lost = single.transaction(async (tx) => {
    const { pid } = await tx.one(sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`);
    await killBackend(pid);
    await tx.rows(sql`SELECT 1`);
  });
  await expect(lost).rejects.toMatchObject({
    code: 'database_unreachable',
    details: { host: hostOf(database.url) },
  });
  expect(await single.one(sql`SELECT 1 AS again`)).toEqual({ again: 1 });
  await single.close();
});

test('survives the end of a connection that lay idle', async () => {
  const single = await connect({
    url: database.url,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 5_000,
  });
  const { pid } = await single.one(sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`);
  await killBackend(pid);
  const { other } = await retried(() =>
    single.one(sql<{ other: boolean }>`SELECT pg_backend_pid() <> ${pid} AS other`),
  );
  expect(other).toBe(true);
  await single.close();
});

test('leaves errors of files inside a transaction as they are', async () => {
  const broken = Object.assign(new Error('no space left on device'), { code: 'ENOSPC', syscall: 'write' });
  await expect(db.transaction(() => Promise.reject(broken))).rejects.toBe(broken);
});

test('ends a statement at its time', async () => {
  const hasty = await connect({
    url: database.url,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 50,
  });
  await expect(hasty.rows(sql`SELECT pg_sleep(60)`)).rejects.toMatchObject({ code: '57014' });
  await hasty.close();
});

test('says that nobody listens, with host and port and without the password', async () => {
  const url = 'postgres://someone:hidden@127.0.0.1:1/none';
  const error = await connect({ url, max: 1, applicationName: 'tests', statementTimeoutMs: 0 }).catch(
    (e: unknown) => e,
  );
  expect(error).toMatchObject({ code: 'database_unreachable', details: { host: '127.0.0.1:1' } });
  expect(String(error)).not.toContain('hidden');
});

test('says that a password is wrong as database_unreachable', async () => {
  const url = new URL(database.url);
  url.password = 'wrong';
  const wrong = connect({ url: url.href, max: 1, applicationName: 'tests', statementTimeoutMs: 0 });
  await expect(wrong).rejects.toMatchObject({ code: 'database_unreachable' });
});

test('gives up on a server that accepts and stays silent', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const url = `postgres://a:b@127.0.0.1:${port}/c`;
  const waiting = connect({
    url,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 0,
    connectTimeoutMs: 200,
  });
  await expect(waiting).rejects.toMatchObject({ code: 'database_unreachable' });
  silent.close();
});

test('refuses a server that is too old, naming its version', async () => {
  const server = createServer(actAsVersion14).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `postgres://a:b@127.0.0.1:${(server.address() as AddressInfo).port}/c`;
  const connecting = connect({ url, max: 1, applicationName: 'tests', statementTimeoutMs: 0 });
  await expect(connecting).rejects.toMatchObject({ code: 'database_too_old', details: { version: '14.9' } });
  server.close();
});

test.each(['not a url', 'https://example.org/db', 'postgres://a:pass word@[::/x'])(
  'refuses %j as an address, without quoting it',
  async (url) => {
    const error = await connect({ url, max: 1, applicationName: 'tests', statementTimeoutMs: 0 }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ code: 'bad_setting' });
    expect(String(error)).not.toContain('pass word');
  },
);

/** The pool may hand out a connection before it has heard of its end; the next try gets a new one. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  return work().catch(work);
}

/** Lets everybody in and answers each statement with its version, as the wire protocol wants it. */
function actAsVersion14(socket: Socket): void {
  const message = (kind: string, ...parts: Buffer[]) => {
    const body = Buffer.concat(parts);
    return Buffer.concat([Buffer.from(kind), int32(body.length + 4), body]);
  };
  const column = (name: string, type: number) =>
    Buffer.concat([text(name), int32(0), int16(0), int32(type), int16(-1), int32(-1), int16(0)]);
  const value = (content: string) => Buffer.concat([int32(content.length), Buffer.from(content)]);
  const ready = message('Z', Buffer.from('I'));
  const row = Buffer.concat([
    message('T', int16(2), column('number', 23), column('version', 25)),
    message('D', int16(2), value('140009'), value('14.9')),
    message('C', text('SELECT 1')),
    ready,
  ]);
  socket.once('data', () => {
    socket.write(Buffer.concat([message('R', int32(0)), ready]));
    socket.on('data', (data) => data.at(0) === 'Q'.charCodeAt(0) && socket.write(row));
  });
}

const text = (content: string) => Buffer.from(`${content}\0`);
const int16 = (number: number) => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(number);
  return bytes;
};
const int32 = (number: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(number);
  return bytes;
};
