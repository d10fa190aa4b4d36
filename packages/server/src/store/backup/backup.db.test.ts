import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { systemClock } from '../../clock.ts';
import { connect, sql, type Database } from '../connection.ts';
import { migrate } from '../migrate.ts';
import { withDatabase } from '../roles.ts';
import { listSequences } from './catalogue.ts';
import {
  decodeRecords,
  encodeRecord,
  END_MARK,
  FORMAT_VERSION,
  MAGIC,
  RECORD,
  type BackupProgress,
  type BackupRecord,
} from './format.ts';
import { readBackupHeader, verifyBackup } from './readBackup.ts';
import { restoreBackup } from './restoreBackup.ts';
import { writeBackup } from './writeBackup.ts';

let folder: string;
let source: TestDatabase;
let owner: Database;
/** A whole backup of the source. */
let good: string;
const open: { close(): Promise<void> }[] = [];

const openAs = async (url: string) => {
  const db = await connect({ url, max: 2, applicationName: 'tests', statementTimeoutMs: 20_000 });
  open.push(db);
  return db;
};
const back = (file: string, more: Partial<Parameters<typeof writeBackup>[0]> = {}) =>
  writeBackup({
    url: source.url,
    file,
    productVersion: '1.2.3',
    mode: 'replay',
    clock: systemClock,
    ...more,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapekeeper-backup-'));
  source = await createDatabase('backup');
  owner = await openAs(source.ownerUrl);
  await fill(source.db);
  good = join(folder, 'good.backup');
  await back(good);
});
afterAll(async () => {
  await Promise.all(open.map((db) => db.close()));
  await source.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Rows of every kind of table: partitioned, referring to others and to themselves, with odd values. */
async function fill(db: Database): Promise<void> {
  await db.rows(sql`INSERT INTO tapekeeper.installation (mode) VALUES ('replay')`);
  await db.rows(sql`INSERT INTO tapekeeper.worker (node, boot, pid) VALUES ('n', gen_random_uuid(), 1)`);
  await db.rows(sql`
    INSERT INTO tapekeeper.run (type, dataset, params, cause)
    SELECT 'sync', 'daily_bars', json_build_object('no', n), 'person' FROM generate_series(1, 40) n`);
  await db.rows(sql`UPDATE tapekeeper.run SET resumes_run_id = id + 1 WHERE id < 40`);
  await db.rows(sql`SELECT tapekeeper.ensure_run_partitions(55000)`);
  await db.rows(sql`
    INSERT INTO tapekeeper.item (run_id, no, shard_no, source, shape, from_day, to_day, members)
    SELECT 54321, n, 1, 'tushare', 'day', '2024-01-02', 'infinity', '\\x00ff' FROM generate_series(1, 3) n`);
  await db.rows(sql`SELECT tapekeeper.ensure_year_partitions(2035, 2035)`);
  await db.rows(sql`
    INSERT INTO market.daily_bars
    SELECT to_char(n % 50, 'FM000000') || '.SZ', date '2035-01-01' + n / 50, n, n + 0.1, n - 0.1, 'NaN', -0.0, n::bigint * 1e9,
      1e300, NULL, '中文', 1, tapekeeper.now()
    FROM generate_series(0, 9999) n`);
  await db.rows(sql`SELECT nextval('tapekeeper.event_seq') FROM generate_series(1, 7)`);
}

/** The rows of every table, as one sum for each, and where the sequences stand. */
async function contents(db: Database): Promise<unknown> {
  const tables = await db.rows(sql<{ schema: string; name: string }>`
    SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('tapekeeper', 'market') AND c.relkind IN ('r', 'p') AND c.relname <> 'migration'
    ORDER BY 1, 2`);
  const sums: Record<string, unknown> = {};
  for (const { schema, name } of tables) {
    const table = sql.id(schema, name);
    sums[`${schema}.${name}`] = await db.one(sql`
      SELECT count(*) AS rows, md5(string_agg(t::text, '|' ORDER BY t::text)) AS sum FROM ${table} t`);
  }
  return { sums, sequences: await listSequences(db) };
}

const withTarget = async (work: (target: TestDatabase, db: Database) => Promise<void>) => {
  const target = await createDatabase('restore');
  const db = await openAs(target.ownerUrl);
  try {
    await work(target, db);
  } finally {
    await db.close();
    await target.drop();
  }
};

/** The file with its records changed; sums inside records are the changer's business. */
async function changed(
  name: string,
  change: (record: BackupRecord) => readonly BackupRecord[],
): Promise<string> {
  const bytes = await readFile(good);
  const head = bytes.subarray(0, MAGIC.length + 1);
  const records: Buffer[] = [];
  const whole = async function* () {
    yield zstdDecompressSync(bytes.subarray(head.length, -END_MARK.length));
  };
  for await (const record of decodeRecords(whole())) {
    for (const { kind, body } of change(record)) records.push(encodeRecord(kind, body));
  }
  return saved(name, Buffer.concat([head, zstdCompressSync(Buffer.concat(records)), END_MARK]));
}

async function saved(name: string, bytes: Buffer): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, bytes);
  return file;
}

const edited = (record: BackupRecord, edit: (text: string) => string): BackupRecord => ({
  kind: record.kind,
  body: Buffer.from(edit(record.body.toString('utf8'))),
});

test('restores every row, partition and sequence into an empty database', async () => {
  await withTarget(async (target, db) => {
    const summary = await restoreBackup({ url: target.ownerUrl, file: good });
    expect(await contents(db)).toEqual(await contents(owner));
    expect(summary).toMatchObject({ productVersion: '1.2.3', mode: 'replay' });
    const { id } = await target.db.one(sql<{ id: number }>`
      INSERT INTO tapekeeper.run (type, dataset, params, cause) VALUES ('sync', 'x', '{}', 'person') RETURNING id`);
    expect(id).toBe(41);
  });
});

test('gives way to the row that stamps a new database, keeping the id of the backed up installation', async () => {
  await withTarget(async (target, db) => {
    await target.db.rows(sql`INSERT INTO tapekeeper.installation (mode) VALUES ('replay')`);
    await restoreBackup({ url: target.ownerUrl, file: good });
    const stamp = sql`SELECT id FROM tapekeeper.installation`;
    expect(await db.rows(stamp)).toEqual(await owner.rows(stamp));
  });
});

test('wakes no trigger while it restores, and leaves all of them awake', async () => {
  await withTarget(async (target, db) => {
    await db.rows(sql`
      CREATE FUNCTION tapekeeper.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'awake'; END $$`);
    await db.rows(sql`
      CREATE TRIGGER watch BEFORE INSERT ON tapekeeper.worker FOR EACH ROW EXECUTE FUNCTION tapekeeper.refuse()`);
    await restoreBackup({ url: target.ownerUrl, file: good });
    expect(await db.rows(sql`SELECT id FROM tapekeeper.worker`)).toHaveLength(1);
    await expect(
      db.rows(sql`INSERT INTO tapekeeper.worker (node, boot, pid) VALUES ('m', gen_random_uuid(), 2)`),
    ).rejects.toThrow('awake');
  });
});

test('restores through a role that may not set foreign keys aside', async () => {
  const { superuserUrl } = inject('testServer');
  const admin = await openAs(superuserUrl);
  const name = `plain_${source.name}`;
  await admin.rows(sql`CREATE ROLE ${sql.id(name)} LOGIN PASSWORD 'plain'`);
  await admin.rows(sql`CREATE DATABASE ${sql.id(name)} OWNER ${sql.id(name)}`);
  const url = new URL(withDatabase(superuserUrl, name));
  url.username = name;
  url.password = 'plain';
  const plain = await openAs(url.href);
  await migrate(plain);
  await restoreBackup({ url: url.href, file: good });
  expect(await contents(plain)).toEqual(await contents(owner));
  const awake = sql`
    SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2`;
  expect(await plain.rows(awake)).toEqual(await owner.rows(awake));
  await plain.close();
  await admin.rows(sql`DROP DATABASE ${sql.id(name)} WITH (FORCE)`);
  await admin.rows(sql`DROP ROLE ${sql.id(name)}`);
});

test('holds one moment, though others go on writing', async () => {
  const [blocker, admin] = await Promise.all([openAs(source.ownerUrl), openAs(source.adminUrl)]);
  const file = join(folder, 'moment.backup');
  const before = await owner.rows(sql`SELECT count(*) AS rows FROM tapekeeper.worker`);
  let running: Promise<unknown> = Promise.resolve();
  await blocker.transaction(async (tx) => {
    await tx.rows(sql`LOCK TABLE market.daily_bars IN ACCESS EXCLUSIVE MODE`);
    running = back(file);
    const waiting = sql`
      SELECT FROM pg_stat_activity WHERE application_name = 'tapekeeper backup' AND wait_event_type = 'Lock'`;
    while ((await admin.rows(waiting)).length === 0) await admin.rows(sql`SELECT pg_sleep(0.01)`);
    await source.db.rows(
      sql`INSERT INTO tapekeeper.worker (node, boot, pid) VALUES ('late', gen_random_uuid(), 3)`,
    );
  });
  await running;
  await source.db.rows(sql`DELETE FROM tapekeeper.worker WHERE node = 'late'`);
  await withTarget(async (target, db) => {
    await restoreBackup({ url: target.ownerUrl, file });
    expect(await db.rows(sql`SELECT count(*) AS rows FROM tapekeeper.worker`)).toEqual(before);
  });
});

test('tells its progress in rows and bytes that grow to those of the summary', async () => {
  const seen: BackupProgress[] = [];
  const summary = await back(join(folder, 'progress.backup'), {
    onProgress: (progress) => seen.push(progress),
  });
  expect(seen.map(({ bytes }) => bytes)).toEqual(seen.map(({ bytes }) => bytes).sort((a, b) => a - b));
  expect(seen.at(-1)).toMatchObject({ rows: summary.rows, bytes: summary.bytes });
  expect(new Set(seen.map(({ table }) => table)).size).toBe(summary.tables);
});

test('can be checked, and its header read, without a database', async () => {
  const header = {
    productVersion: '1.2.3',
    mode: 'replay',
    serverVersion: expect.stringMatching(/^\d+/) as unknown,
  };
  expect(await readBackupHeader(good)).toMatchObject(header);
  expect(await verifyBackup(good)).toMatchObject({ ...header, file: good });
});

test('is closed to other users', async () => {
  expect((await stat(good)).mode & 0o077).toBe(0);
});

test('leaves out tables that mean nothing elsewhere, but none that others refer to', async () => {
  const file = join(folder, 'without.backup');
  const all = await verifyBackup(good);
  expect((await back(file, { leaveOut: ['tapekeeper.source_lease'] })).tables).toBe(all.tables - 1);
  await expect(back(file, { leaveOut: ['tapekeeper.worker'] })).rejects.toMatchObject({ code: 'internal' });
});

test('notices a file that was cut off anywhere, and changes nothing', async () => {
  const bytes = await readFile(good);
  await withTarget(async (target, db) => {
    const before = await contents(db);
    for (const length of [0, 5, 9, 10, 200, bytes.length >> 1, bytes.length - 5, bytes.length - 1]) {
      const file = await saved('cut.backup', bytes.subarray(0, length));
      await expect(restoreBackup({ url: target.ownerUrl, file }), `cut at ${length}`).rejects.toMatchObject({
        code: 'backup_unreadable',
      });
    }
    expect(await contents(db)).toEqual(before);
  });
});

test('notices a changed byte anywhere', async () => {
  const bytes = await readFile(good);
  for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 40)) {
    const damaged = Buffer.from(bytes);
    damaged.writeUInt8(damaged.readUInt8(at) ^ 0x55, at);
    const file = await saved('damaged.backup', damaged);
    await expect(verifyBackup(file), `byte ${at}`).rejects.toMatchObject({ code: 'backup_unreadable' });
  }
});

test.each<[string, (record: BackupRecord) => readonly BackupRecord[]]>([
  ['without its trailer', (record) => (record.kind === RECORD.trailer ? [] : [record])],
  ['with something behind it', (record) => (record.kind === RECORD.trailer ? [record, record] : [record])],
  ['without its header', (record) => (record.kind === RECORD.header ? [] : [record])],
  ['without the data of a table', (record) => (record.kind === RECORD.data ? [] : [record])],
  ['with data twice', (record) => (record.kind === RECORD.data ? [record, record] : [record])],
  ['without its sequences', (record) => (record.kind === RECORD.sequences ? [] : [record])],
  [
    'with wrong counts',
    (record) => [record.kind === RECORD.trailer ? edited(record, () => '{"tables":1,"rows":1}') : record],
  ],
  [
    'with broken JSON',
    (record) => [record.kind === RECORD.table ? edited(record, (text) => text.slice(1)) : record],
  ],
])('refuses a file %s', async (_, change) => {
  await expect(verifyBackup(await changed('changed.backup', change))).rejects.toMatchObject({
    code: 'backup_unreadable',
  });
});

test.each<[string, (text: string) => string]>([
  ['a column that is not there', (text) => text.replace('"name":"pre_close"', '"name":"invented"')],
  ['a column of another type', (text) => text.replace('"type":"bigint"', '"type":"integer"')],
  ['a table that is not there', (text) => text.replace('"name":"daily_bars"', '"name":"nightly_bars"')],
  [
    'a partition that carries a statement',
    (text) => text.replace(/FOR VALUES [^"]*2035[^"]*/, 'DEFAULT; DROP TABLE market.daily_bars; --'),
  ],
])('refuses a sound file with %s, and changes nothing', async (_, edit) => {
  const file = await changed('foreign.backup', (record) => [
    record.kind === RECORD.table ? edited(record, edit) : record,
  ]);
  await verifyBackup(file);
  await withTarget(async (target, db) => {
    const before = await contents(db);
    const attempt = restoreBackup({ url: target.ownerUrl, file });
    await expect(attempt).rejects.toMatchObject({ code: 'backup_unreadable' });
    expect(await contents(db)).toEqual(before);
  });
});

test('refuses other files, missing ones, and those of a later format', async () => {
  const text = await saved('text.backup', Buffer.from('a letter to the editor'));
  await expect(verifyBackup(text)).rejects.toMatchObject({
    details: { problem: 'it is another kind of file.' },
  });
  await expect(verifyBackup(join(folder, 'none'))).rejects.toMatchObject({ code: 'backup_unreadable' });
  const later = Buffer.from(await readFile(good));
  later.writeUInt8(FORMAT_VERSION + 1, MAGIC.length);
  await expect(verifyBackup(await saved('later.backup', later))).rejects.toThrow(/format 2 is not known/);
});

test('refuses a database that holds data, and changes nothing', async () => {
  await withTarget(async (target, db) => {
    await target.db.rows(sql`INSERT INTO tapekeeper.host (host) VALUES ('only')`);
    const before = await contents(db);
    await expect(restoreBackup({ url: target.ownerUrl, file: good })).rejects.toMatchObject({
      code: 'restore_not_empty',
    });
    expect(await contents(db)).toEqual(before);
  });
});

test('refuses a database of another schema version, naming the release that made the backup', async () => {
  await withTarget(async (target, db) => {
    await db.rows(sql`INSERT INTO tapekeeper.migration (version, name, checksum) VALUES (9999, 'later', '')`);
    const attempt = restoreBackup({ url: target.ownerUrl, file: good });
    await expect(attempt).rejects.toThrow(/has 9999; restore it with tapekeeper 1\.2\.3/);
  });
});

test('leaves nothing behind when it is stopped, and what was there before stays', async () => {
  const kept = join(folder, 'kept.backup');
  await writeFile(kept, 'former');
  const abort = new AbortController();
  const stopped = back(kept, {
    signal: abort.signal,
    onProgress: ({ bytes }) => bytes > 200_000 && abort.abort(),
  });
  await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
  expect(await readFile(kept, 'utf8')).toBe('former');
  expect((await readdir(folder)).filter((name) => name.includes('.new-'))).toEqual([]);
});

test('restores nothing when it is stopped on the way', async () => {
  await withTarget(async (target, db) => {
    const before = await contents(db);
    const abort = new AbortController();
    const onProgress = ({ bytes }: BackupProgress) => bytes > 200_000 && abort.abort();
    const stopped = restoreBackup({ url: target.ownerUrl, file: good, signal: abort.signal, onProgress });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
    expect(await contents(db)).toEqual(before);
  });
});

test('says so when the place for the file cannot be written', async () => {
  await expect(back(join(folder, 'nowhere', 'x.backup'))).rejects.toMatchObject({ code: 'ENOENT' });
});
