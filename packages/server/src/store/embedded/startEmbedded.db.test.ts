import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  kill,
  makeScratch,
  startElsewhere,
  using,
  type Scratch,
} from '../../../../../test/support/scratchServer.ts';
import { systemClock } from '../../clock.ts';
import type { Clock } from '../../ports/clock.ts';
import { sql } from '../connection.ts';
import { findPostmaster, isAlive } from './postmaster.ts';
import type { EmbeddedServer } from './startEmbedded.ts';

const isRoot = process.getuid?.() === 0;

let scratch: Scratch;
const cluster = () => join(scratch.path, 'postgres');

beforeEach(async () => {
  scratch = await makeScratch();
});
afterEach(() => scratch.remove());

const KEEP = sql`INSERT INTO market.kept SELECT generate_series(1, 1000)`;
const putRows = (server: EmbeddedServer) =>
  using(server.urls.owner, async (db) => {
    await db.rows(sql`CREATE TABLE market.kept (id int)`);
    await db.rows(KEEP);
  });
const countRows = (server: EmbeddedServer) =>
  using(server.urls.runtime, (db) => db.one(sql<{ rows: number }>`SELECT count(*) AS rows FROM market.kept`));

test('makes a server at the first start and finds it again at the next, at the same address', async () => {
  const first = await scratch.start();
  await putRows(first);
  expect(first.adopted).toBe(false);
  await first.stop();
  const second = await scratch.start();
  expect(await countRows(second)).toEqual({ rows: 1000 });
  expect(second.urls).toEqual(first.urls);
  await second.stop();
  await second.stop();
  expect(await findPostmaster(cluster())).toBeUndefined();
});

test('listens on loopback only, keeps everything on disk, and compares texts by their bytes', async () => {
  const server = await scratch.start();
  const settings = await using(server.superuserUrl, (db) =>
    db.rows(
      sql<{ name: string; setting: string }>`SELECT name, setting FROM pg_settings WHERE name = ANY (${[
        'listen_addresses',
        'unix_socket_directories',
        'fsync',
        'jit',
        'TimeZone',
        'password_encryption',
        'server_encoding',
        'data_checksums',
        'max_connections',
        'logging_collector',
      ]})`,
    ),
  );
  expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'on',
    jit: 'off',
    TimeZone: 'UTC',
    password_encryption: 'scram-sha-256',
    server_encoding: 'UTF8',
    data_checksums: 'on',
    max_connections: '60',
    logging_collector: 'on',
  });
  const texts = sql`SELECT t FROM unnest(ARRAY['b', 'B', 'é', '中', 'a']) t ORDER BY t`;
  expect(
    (await using(server.urls.runtime, (db) => db.rows(texts))).map((row) => Object.values(row as object)[0]),
  ).toEqual(['B', 'a', 'b', 'é', '中']);
  await server.stop();
});

test('asks everybody for a password, and writes none where others can read', async () => {
  const server = await scratch.start();
  for (const role of ['postgres', 'tapekeeper', 'tapekeeper_reader']) {
    const url = `postgres://${role}:guess@127.0.0.1:${server.port}/tapekeeper`;
    await expect(using(url, (db) => db.rows(sql`SELECT 1`))).rejects.toMatchObject({
      code: 'database_unreachable',
    });
  }
  await server.stop();
  const secretsFile = join(scratch.path, 'secrets.json');
  expect((await stat(secretsFile)).mode & 0o777).toBe(0o600);
  const passwords = Object.values(JSON.parse(await readFile(secretsFile, 'utf8')) as Record<string, string>);
  expect(passwords).toHaveLength(4);
  const logs = (await readdir(join(cluster(), 'log'))).map((name) => join(cluster(), 'log', name));
  for (const file of [...logs, join(scratch.path, 'postgres.conf'), join(cluster(), 'postgresql.conf')]) {
    const text = await readFile(file, 'utf8');
    expect(passwords.filter((password) => text.includes(password))).toEqual([]);
  }
});

test('tells when the server is killed, and the next start recovers what was committed', async () => {
  const server = await scratch.start();
  await putRows(server);
  const lost = new Promise<string>((resolve) => server.onExit(resolve));
  process.kill(server.pid, 'SIGKILL');
  expect(await lost).toContain('SIGKILL');
  await server.stop();
  const again = await scratch.start();
  expect(await countRows(again)).toEqual({ rows: 1000 });
  await again.stop();
});

test('starts again though a backend of the killed server is busy', async () => {
  const server = await scratch.start();
  await putRows(server);
  const endless = using(server.urls.owner, (db) =>
    db.rows(sql`SELECT count(*) FROM generate_series(1, 100000000000)`),
  );
  endless.catch(() => {});
  await using(server.superuserUrl, async (db) => {
    const busy = sql`SELECT FROM pg_stat_activity WHERE query LIKE '%generate_series(1, 1000000%' AND pid <> pg_backend_pid()`;
    while ((await db.rows(busy)).length === 0) await db.rows(sql`SELECT pg_sleep(0.01)`);
  });
  const lost = new Promise<string>((resolve) => server.onExit(resolve));
  process.kill(server.pid, 'SIGKILL');
  await lost;
  const again = await scratch.start();
  expect(await countRows(again)).toEqual({ rows: 1000 });
  await expect(endless).rejects.toMatchObject({ code: 'database_unreachable' });
  await again.stop();
});

test('calls nobody when it was told to stop', async () => {
  const server = await scratch.start();
  const reasons: string[] = [];
  server.onExit((reason) => reasons.push(reason));
  await server.stop();
  expect(reasons).toEqual([]);
});

test('takes over the server of a process that was killed, and stops it in order', async () => {
  const { child, ready } = startElsewhere(scratch);
  const { pid, port } = await ready;
  await kill(child);
  const server = await scratch.start();
  expect(server).toMatchObject({ adopted: true, pid, port });
  await putRows(server);
  await server.stop();
  expect(await findPostmaster(cluster())).toBeUndefined();
  const again = await scratch.start();
  expect(again.adopted).toBe(false);
  expect(await countRows(again)).toEqual({ rows: 1000 });
  await again.stop();
});

test('tells when a server that it took over ends', async () => {
  const { child, ready } = startElsewhere(scratch);
  await ready;
  await kill(child);
  const server = await scratch.start();
  const lost = new Promise<string>((resolve) => server.onExit(resolve));
  process.kill(server.pid, 'SIGKILL');
  expect(await lost).toBe('ended');
});

test('ends an orphan that does not answer and starts a new one', async () => {
  const server = await scratch.start();
  await putRows(server);
  process.kill(server.pid, 'SIGSTOP');
  const orphan = await findPostmaster(cluster());
  const again = await scratch.start({ clock: hurried(10) });
  expect(again.adopted).toBe(false);
  expect(orphan && (await isAlive(orphan))).toBe(false);
  expect(await countRows(again)).toEqual({ rows: 1000 });
  await again.stop();
});

test.each([
  ['its passwords were written', 'secrets.json'],
  ['its files were being made', 'postgres.new'],
  ['its files were in place', 'postgres/PG_VERSION'],
  ['the server was starting', 'postgres/postmaster.pid'],
  ['the server wrote its log', 'postgres/log'],
])('heals after a first start that was killed when %s', async (_, sign) => {
  const { child } = startElsewhere(scratch);
  await appears(join(scratch.path, sign));
  await kill(child);
  const server = await scratch.start();
  await putRows(server);
  await server.stop();
  expect((await readdir(scratch.path)).filter((name) => name.startsWith('postgres.new'))).toEqual([]);
});

test('refuses a second start, names the first, and leaves it alone', async () => {
  const { child, ready } = startElsewhere(scratch);
  const { pid } = await ready;
  await expect(scratch.start()).rejects.toMatchObject({ code: 'data_dir_busy', details: { pid: child.pid } });
  expect((await findPostmaster(cluster()))?.pid).toBe(pid);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(await findPostmaster(cluster())).toBeUndefined();
});

test('is not held up by a pid file whose number has gone to another program', async () => {
  const server = await scratch.start();
  await server.stop();
  const { uid, gid } = await stat(cluster());
  const other = spawn('sleep', ['60'], { stdio: 'ignore', ...(isRoot ? { uid, gid } : {}) });
  await once(other, 'spawn');
  const lines = [other.pid, cluster(), 1_700_000_000, server.port, '', '127.0.0.1', '', 'ready'];
  await writeFile(join(cluster(), 'postmaster.pid'), `${lines.join('\n')}\n`);
  const again = await scratch.start();
  expect(again.adopted).toBe(false);
  await again.stop();
  expect(other.exitCode).toBeNull();
  other.kill();
});

test('takes another port when its own has been taken, and keeps that', async () => {
  const server = await scratch.start();
  await server.stop();
  const squatter = createServer().listen(server.port, '127.0.0.1');
  await once(squatter, 'listening');
  const moved = await scratch.start();
  expect(moved.port).not.toBe(server.port);
  await moved.stop();
  squatter.close();
  const again = await scratch.start();
  expect(again.port).toBe(moved.port);
  await again.stop();
});

test('refuses data of another major version and says how to bring them over', async () => {
  await prepareCluster('17');
  await expect(scratch.start()).rejects.toThrow(/of PostgreSQL 17 .* backup/s);
});

test('refuses when the passwords of an existing server are lost', async () => {
  await prepareCluster('18');
  await rm(join(scratch.path, 'secrets.json'));
  await expect(scratch.start()).rejects.toThrow(/secrets\.json is missing/);
});

test('never touches a folder in its place that is no cluster', async () => {
  await mkdir(cluster(), { recursive: true });
  await writeFile(join(cluster(), 'precious'), 'x');
  await expect(scratch.start()).rejects.toMatchObject({ code: 'database_start_failed' });
  expect(await readdir(cluster())).toEqual(['precious']);
});

test('says what the server said when it does not start', async () => {
  const server = await scratch.start();
  await server.stop();
  await writeFile(join(cluster(), 'postgresql.auto.conf'), "shared_buffers = 'plenty'\n");
  await expect(scratch.start()).rejects.toThrow(/invalid value for parameter "shared_buffers"/);
});

test('closes a file of passwords that others could read', async () => {
  const server = await scratch.start();
  await server.stop();
  await chmod(join(scratch.path, 'secrets.json'), 0o644);
  await (await scratch.start()).stop();
  expect((await stat(join(scratch.path, 'secrets.json'))).mode & 0o077).toBe(0);
});

/** A clock that goes faster than the real one, so that patience runs out sooner. */
function hurried(times: number): Clock {
  return {
    ...systemClock,
    monotonic: () => systemClock.monotonic() * times,
    sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
  };
}

/** What a start leaves of a cluster, as far as a later start looks before it runs anything. */
async function prepareCluster(major: string): Promise<void> {
  await mkdir(cluster(), { recursive: true });
  await writeFile(join(cluster(), 'PG_VERSION'), `${major}\n`);
  const passwords = { superuser: 'a', owner: 'b', runtime: 'c', reader: 'd' };
  await writeFile(join(scratch.path, 'secrets.json'), JSON.stringify(passwords));
}

/** Waits for a file or folder whose path begins so. */
async function appears(start: string): Promise<void> {
  const there = async () =>
    (await readdir(dirname(start)).catch(() => [])).some((name) => name.startsWith(basename(start)));
  while (!(await there())) await systemClock.sleep(1);
}
