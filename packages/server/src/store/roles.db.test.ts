import { Logger, runOnce } from 'graphile-worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { connect, sql, type Database } from './connection.ts';
import { externalRoles, grantReader, ROLES, withDatabase } from './roles.ts';

let database: TestDatabase;
let runtime: Database;
let owner: Database;
let reader: Database;

const open = (url: string) => connect({ url, max: 2, applicationName: 'tests', statementTimeoutMs: 20_000 });
const DENIED = { code: '42501' };

beforeAll(async () => {
  database = await createDatabase('roles');
  runtime = database.db;
  [owner, reader] = await Promise.all([open(database.ownerUrl), open(database.readerUrl)]);
});
afterAll(async () => {
  await Promise.all([owner.close(), reader.close()]);
  await database.drop();
});

test('lets the runtime read and write rows of what the owner made, later tables included', async () => {
  await owner.rows(sql`CREATE TABLE tapekeeper.later (id bigint GENERATED ALWAYS AS IDENTITY, label text)`);
  await runtime.rows(sql`INSERT INTO tapekeeper.later (label) VALUES ('a'), ('b')`);
  await runtime.rows(sql`UPDATE tapekeeper.later SET label = 'c' WHERE label = 'a'`);
  await runtime.rows(sql`DELETE FROM tapekeeper.later WHERE label = 'b'`);
  expect(await runtime.rows(sql`SELECT id, label FROM tapekeeper.later`)).toEqual([{ id: 1, label: 'c' }]);
});

test.each([
  ['make a table', sql`CREATE TABLE tapekeeper.mine (id int)`],
  ['make a schema', sql`CREATE SCHEMA mine`],
  ['drop a table', sql`DROP TABLE tapekeeper.run`],
  ['change a table', sql`ALTER TABLE market.daily_bars ADD COLUMN mine int`],
  ['empty a table', sql`TRUNCATE market.stock_basics`],
  ['make a role', sql`CREATE ROLE mine`],
  ['set triggers aside', sql`SET session_replication_role = replica`],
  ['read files of the server', sql`SELECT pg_read_file('PG_VERSION')`],
])('does not let the runtime %s', async (_, statement) => {
  await expect(runtime.rows(statement)).rejects.toMatchObject(DENIED);
});

test('lets the runtime use temporary tables, for bulk loads', async () => {
  const rows = await runtime.transaction(async (tx) => {
    await tx.rows(sql`CREATE TEMPORARY TABLE incoming (id int) ON COMMIT DROP`);
    await tx.rows(sql`INSERT INTO incoming VALUES (1)`);
    return tx.rows(sql`SELECT id FROM incoming`);
  });
  expect(rows).toEqual([{ id: 1 }]);
});

test('lets the runtime make partitions through the function of the owner, which readers may not call', async () => {
  await runtime.rows(sql`SELECT tapekeeper.ensure_year_partitions(2031, 2031)`);
  expect(await runtime.one(sql`SELECT to_regclass('market.daily_bars_2031') IS NOT NULL AS there`)).toEqual({
    there: true,
  });
  await expect(reader.rows(sql`SELECT tapekeeper.ensure_year_partitions(2032, 2032)`)).rejects.toMatchObject(
    DENIED,
  );
});

test('lets the runtime add jobs to the queue and work on them', async () => {
  await runtime.rows(sql`SELECT graphile_worker.add_job('greet', json_build_object('name', 'you'))`);
  const greeted: unknown[] = [];
  await runOnce({
    connectionString: database.url,
    taskList: { greet: async (payload) => void greeted.push(payload) },
    logger: new Logger(() => () => {}),
    noHandleSignals: true,
  });
  expect(greeted).toEqual([{ name: 'you' }]);
});

test('lets the reader see both schemas, without naming the market one', async () => {
  expect(await reader.rows(sql`SELECT symbol FROM daily_bars`)).toEqual([]);
  expect(await reader.rows(sql`SELECT id FROM tapekeeper.run`)).toEqual([]);
});

test.each([
  ['write', sql`INSERT INTO tapekeeper.installation (mode) VALUES ('live')`],
  ['write after asking for it', sql`DELETE FROM tapekeeper.run`],
  ['see the queue', sql`SELECT * FROM graphile_worker.jobs`],
])('does not let the reader %s', async (_, statement) => {
  const attempt = reader.transaction(async (tx) => {
    await tx.rows(sql`SET TRANSACTION READ WRITE`);
    await tx.rows(statement);
  });
  await expect(attempt).rejects.toMatchObject(DENIED);
});

test('keeps secret tables and their partitions from the reader, and new ones until they are granted', async () => {
  await owner.rows(sql`CREATE TABLE tapekeeper.credential (id int, secret text) PARTITION BY RANGE (id)`);
  await owner.rows(sql`
    CREATE TABLE tapekeeper.credential_0 PARTITION OF tapekeeper.credential FOR VALUES FROM (0) TO (10)`);
  await owner.rows(sql`CREATE TABLE tapekeeper.plain (id int)`);
  const tables = ['credential', 'credential_0', 'plain'];
  const visible = async () =>
    Promise.all(
      tables.map((name) =>
        reader.rows(sql`SELECT * FROM ${sql.id('tapekeeper', name)}`).then(
          () => name,
          () => undefined,
        ),
      ),
    );
  expect(await visible()).toEqual([undefined, undefined, undefined]);
  await grantReader(owner, ROLES.reader);
  expect(await visible()).toEqual(tables);
  await grantReader(owner, ROLES.reader, ['tapekeeper.credential']);
  expect(await visible()).toEqual([undefined, undefined, 'plain']);
});

test('ends a transaction that a reader left open, and keeps connections for the program', async () => {
  const [row] = await owner.rows(sql<{ limit: number; settings: string[] }>`
    SELECT r.rolconnlimit AS limit, s.setconfig AS settings FROM pg_roles r
    JOIN pg_db_role_setting s ON s.setrole = r.oid WHERE r.rolname = ${ROLES.reader}`);
  expect(row?.limit).toBeLessThan(40);
  expect(row?.settings).toContain('idle_in_transaction_session_timeout=10min');
});

test('uses one given role for everything on a server of somebody else', async () => {
  expect(await externalRoles(database.url)).toEqual({ owner: database.url, runtime: database.url });
});

test('makes a reader there if the given role may, the same on every machine', async () => {
  const { superuserUrl } = inject('testServer');
  const admin = await open(withDatabase(superuserUrl, database.name));
  const role = `chief_${database.name}`;
  await admin.rows(sql`CREATE ROLE ${sql.id(role)} LOGIN CREATEROLE PASSWORD 'its own'`);
  await admin.rows(sql`GRANT ALL ON DATABASE ${sql.id(database.name)} TO ${sql.id(role)} WITH GRANT OPTION`);
  const given = new URL(database.url);
  given.username = role;
  given.password = 'its own';
  const [first, second] = await Promise.all([externalRoles(given.href), externalRoles(given.href)]);
  expect(first).toEqual(second);
  const external = await open(first.reader ?? '');
  expect(
    await external.one(sql`SELECT current_user AS me, current_setting('transaction_read_only') AS only`),
  ).toEqual({
    me: `${database.name}_reader`,
    only: 'on',
  });
  await external.close();
  await admin.rows(sql`REVOKE ALL ON DATABASE ${sql.id(database.name)} FROM ${sql.id(role)} CASCADE`);
  await admin.rows(sql`DROP ROLE ${sql.id(`${database.name}_reader`)}`);
  await admin.rows(sql`DROP ROLE ${sql.id(role)}`);
  await admin.close();
});
