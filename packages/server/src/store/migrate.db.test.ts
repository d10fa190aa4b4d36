import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { SEEDED } from './backup/catalogue.ts';
import { connect, sql, type Database } from './connection.ts';
import { migrate, migrationStatus, MIGRATIONS_DIR, readMigrations } from './migrate.ts';

let database: TestDatabase;
let owner: Database;
let folder: string;

const open = (url: string) => connect({ url, max: 4, applicationName: 'tests', statementTimeoutMs: 0 });

beforeAll(async () => {
  database = await createDatabase('migrate');
  owner = await open(database.ownerUrl);
});
afterAll(async () => {
  await owner.close();
  await database.drop();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapekeeper-migrate-'));
  await owner.rows(sql`DROP SCHEMA IF EXISTS tapekeeper CASCADE`);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = (name: string, text: string) => writeFile(join(folder, name), text);
const putTwo = async () => {
  await put('0001_first.sql', 'CREATE TABLE tapekeeper.a (id int);\nINSERT INTO tapekeeper.a VALUES (1);\n');
  await put('0002_second.sql', 'ALTER TABLE tapekeeper.a ADD COLUMN label text;');
};
const ledger = () => owner.rows(sql`SELECT version, name FROM tapekeeper.migration ORDER BY version`);

test('runs what is pending, in order, and nothing the second time', async () => {
  await putTwo();
  expect(await migrationStatus(owner, folder)).toEqual({
    found: 0,
    known: 2,
    pending: ['0001_first', '0002_second'],
  });
  expect(await migrate(owner, folder)).toEqual(['0001_first', '0002_second']);
  expect(await migrate(owner, folder)).toEqual([]);
  await put('0003_third.sql', 'CREATE TABLE tapekeeper.b (id int)');
  expect(await migrate(owner, folder)).toEqual(['0003_third']);
  expect(await migrationStatus(owner, folder)).toEqual({ found: 3, known: 3, pending: [] });
});

test('keeps the migrations before one that fails, and nothing of that one', async () => {
  await putTwo();
  await put('0003_broken.sql', 'CREATE TABLE tapekeeper.half (id int); SELECT 1 / 0;');
  await expect(migrate(owner, folder)).rejects.toMatchObject({ code: '22012' });
  expect(await ledger()).toHaveLength(2);
  expect(await owner.one(sql`SELECT to_regclass('tapekeeper.half') AS half`)).toEqual({ half: null });
  await put('0003_broken.sql', 'CREATE TABLE tapekeeper.half (id int)');
  expect(await migrate(owner, folder)).toEqual(['0003_broken']);
});

test('runs each migration once when many servers start at once', async () => {
  await putTwo();
  const servers = await Promise.all(Array.from({ length: 4 }, () => open(database.ownerUrl)));
  const ran = await Promise.all(servers.map((server) => migrate(server, folder)));
  expect(ran.flat().sort()).toEqual(['0001_first', '0002_second']);
  expect(await owner.rows(sql`SELECT id FROM tapekeeper.a`)).toHaveLength(1);
  await Promise.all(servers.map((server) => server.close()));
});

test('refuses a schema of a newer program and changes nothing', async () => {
  await putTwo();
  await migrate(owner, folder);
  await rm(join(folder, '0002_second.sql'));
  const refusal = { code: 'schema_newer', details: { found: 2, known: 1 } };
  await expect(migrate(owner, folder)).rejects.toMatchObject(refusal);
  await expect(migrationStatus(owner, folder)).rejects.toMatchObject(refusal);
  expect(await ledger()).toHaveLength(2);
});

test('refuses when an applied migration is not the one of this program, before running others', async () => {
  await putTwo();
  await migrate(owner, folder);
  await put('0001_first.sql', 'CREATE TABLE tapekeeper.a (id bigint);');
  await put('0003_third.sql', 'CREATE TABLE tapekeeper.b (id int)');
  await expect(migrate(owner, folder)).rejects.toMatchObject({
    code: 'schema_changed',
    details: { version: 1 },
  });
  expect(await ledger()).toHaveLength(2);
});

test('takes a file with the line ends of Windows for the same', async () => {
  await putTwo();
  await migrate(owner, folder);
  await put(
    '0001_first.sql',
    'CREATE TABLE tapekeeper.a (id int);\r\nINSERT INTO tapekeeper.a VALUES (1);\r\n',
  );
  expect(await migrate(owner, folder)).toEqual([]);
});

test.each(['0003_gap.sql', '0001_twice.sql', '2_short.sql', 'notes.sql'])(
  'refuses a folder with %s in it',
  async (name) => {
    await put('0001_first.sql', 'SELECT 1');
    await put(name, 'SELECT 1');
    await expect(readMigrations(folder)).rejects.toMatchObject({ code: 'internal' });
  },
);

test('needs the right to change the schema', async () => {
  await putTwo();
  const runtime = await open(database.url);
  await expect(migrate(runtime, folder)).rejects.toMatchObject({ code: '42501' });
  await runtime.close();
});

test('makes the schema of this release from nothing, with rows only where backups expect them', async () => {
  await owner.rows(sql`DROP SCHEMA market CASCADE`);
  const known = await readMigrations(MIGRATIONS_DIR);
  expect(await migrate(owner)).toEqual(known.map((migration) => migration.name));
  const tables = await owner.rows(sql<{ schema: string; name: string }>`
    SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('tapekeeper', 'market') AND c.relkind IN ('r', 'p') AND NOT c.relispartition`);
  const filled: string[] = [];
  for (const { schema, name } of tables) {
    const rows = await owner.rows(sql`SELECT FROM ${sql.id(schema, name)} LIMIT 1`);
    if (rows.length > 0) filled.push(`${schema}.${name}`);
  }
  expect(filled.sort()).toEqual([...SEEDED].sort());
});

test('gives the next run of an installation that had some before there were attempts a place for its own', async () => {
  await owner.rows(sql`DROP SCHEMA IF EXISTS market CASCADE`);
  const before = (await readMigrations(MIGRATIONS_DIR)).filter(({ name }) => name < '0007');
  for (const { name } of before)
    await copyFile(join(MIGRATIONS_DIR, `${name}.sql`), join(folder, `${name}.sql`));
  await migrate(owner, folder);
  await owner.rows(sql`
    INSERT INTO tapekeeper.run (type, dataset, params, cause) VALUES ('sync', 'daily_bars', '{}', 'person')`);
  await migrate(owner);
  const { id } = await owner.one(sql<{ id: number }>`SELECT max(id) AS id FROM tapekeeper.run`);
  const begun = owner.rows(sql`
    WITH attempt AS (
      INSERT INTO tapekeeper.run_attempt (run_id, no, started_at) VALUES (${id}, 1, tapekeeper.now()) RETURNING no),
    line AS (INSERT INTO tapekeeper.run_log (run_id, stream, line) VALUES (${id}, 'info', 'begun') RETURNING line)
    SELECT no, line FROM attempt CROSS JOIN line`);
  expect(await begun).toEqual([{ no: 1, line: 'begun' }]);
});
