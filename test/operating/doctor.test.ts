import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Context } from '../../packages/cli/src/context.ts';
import { checkOperating } from '../../packages/cli/src/doctor/checkOperating.ts';
import { sayIn } from '../../packages/cli/src/texts.ts';
import { readConfig } from '../../packages/server/src/config.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';

const database = useCleanDatabase();
let dataDir: string;
beforeEach(async () => void (dataDir = await mkdtemp(join(tmpdir(), 'tapekeeper-doctor-'))));
afterEach(() => rm(dataDir, { recursive: true }));

/** What is said under each name, with what is only worth knowing marked. */
async function checks(env: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> {
  const given = { TAPEKEEPER_DATA_DIR: dataDir, DATABASE_URL: database().url, ...env };
  const context = { config: readConfig({ env: given, flags: {} }), say: sayIn('en') } as Context;
  const found = await checkOperating(context);
  return Object.fromEntries(
    found.map(({ name, state, detail }) => [name, state === 'ok' ? detail : `${state}: ${detail}`]),
  );
}

it('says who reaches the server, and whether anybody could sign in', async () => {
  expect((await checks())['listening']).toBe('127.0.0.1, this machine alone');
  const beyond = { TAPEKEEPER_HOST: '0.0.0.0' };
  expect((await checks(beyond))['listening']).toMatch(/^warn: .*TAPEKEEPER_PUBLIC_HOSTS/);
  const named = { ...beyond, TAPEKEEPER_PUBLIC_HOSTS: 'data.example.com' };
  expect((await checks(named))['listening']).toMatch(/^warn: .*no admin/);
  const proxied = { TAPEKEEPER_TRUSTED_PROXIES: '127.0.0.1' };
  expect((await checks(proxied))['listening']).toMatch(/^warn: .*TAPEKEEPER_PUBLIC_HOSTS/);
});

it('names files that open the installation and that others may read', async () => {
  const file = join(dataDir, 'api-token');
  await writeFile(file, 'x', { mode: 0o600 });
  expect((await checks())['files']).toBe('token and keys are closed to other users');
  await chmod(file, 0o640);
  expect((await checks())['files']).toBe(
    `warn: others may read what opens the installation: chmod 600 ${file}`,
  );
});

it('asks for a backup where there is none, or none of the last eight days', async () => {
  const { db } = database();
  expect((await checks())['backup']).toMatch(/^warn: none was made yet/);
  const made = (days: number) =>
    db.rows(sql`
      INSERT INTO tapekeeper.backup (file, bytes, rows, made_at)
      VALUES ('f', 1, 1, tapekeeper.now() - make_interval(days => ${days}))`);
  await made(9);
  expect((await checks())['backup']).toMatch(/^warn: the last one was made 9 days ago/);
  await made(2);
  expect((await checks())['backup']).toBe('the last one was made 2 days ago');
});

it('compares the clocks, and says nothing of a database that is not there', async () => {
  expect((await checks())['clock']).toMatch(/^\d+\.\d s from that of the database$/);
  const none = await checks({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
  expect(Object.keys(none)).toEqual(['listening', 'files']);
});
