import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isAppError } from '@tapekeeper/core';
import { Logger, runMigrations } from 'graphile-worker';
import { systemClock } from '../../packages/server/src/clock.ts';
import { connect, sql, type Database } from '../../packages/server/src/store/connection.ts';
import { openDataDir, type DataDir } from '../../packages/server/src/store/dataDir.ts';
import {
  startEmbedded,
  type EmbeddedServer,
} from '../../packages/server/src/store/embedded/startEmbedded.ts';
import { migrate, MIGRATIONS_DIR, readMigrations } from '../../packages/server/src/store/migrate.ts';
import { ensureRoles, grantReader, ROLES } from '../../packages/server/src/store/roles.ts';
import { SECRET_TABLES } from '../../packages/server/src/store/secretTables.ts';
import { quietLog } from './quietLog.ts';

/** What a test file needs to make databases of its own; it crosses into the workers of the test runner. */
export interface TestServer {
  readonly superuserUrl: string;
  /** Addresses by role; each test puts its own database into them. */
  readonly urls: { readonly owner: string; readonly runtime: string; readonly reader: string };
  /** A migrated database that no one may open, to be cloned. */
  readonly template: string;
}

/** Begins the name of every database that a test made; those of killed runs are dropped at the next start. */
export const TEST_DATABASE_PREFIX = 'test_';

const TEMPLATE_PREFIX = 'template_';
/** Test runs at the same time on one machine, each with a server of its own. */
const SLOTS = 16;
const user = process.getuid?.() ?? 'me';

/** Nothing that these databases hold outlives the run, so nothing is waited for to reach the disk. */
const CARELESS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '150' };

/** Where copies of the server's binaries lie that tests as root make; kept between runs. */
export const TEST_RUNTIME_ROOT = join(tmpdir(), `tapekeeper-test-${user}-runtime`);

/**
 * Starts the server of a test run, with a template of the newest schema. Its directory is one of a few
 * that are kept between runs, so that only the first run pays for making it, and a server that a killed
 * run left behind is taken over rather than left to run for ever.
 */
export async function startTestServer(): Promise<{ server: TestServer; stop: () => Promise<void> }> {
  const { dataDir, embedded } = await startInFreeSlot();
  const stop = async () => {
    await embedded.stop();
    await dataDir.release();
  };
  try {
    const { superuserUrl, urls } = embedded;
    return { server: { superuserUrl, urls, template: await ensureTemplate(embedded) }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startInFreeSlot(): Promise<{ dataDir: DataDir; embedded: EmbeddedServer }> {
  for (let slot = 0; slot < SLOTS; slot += 1) {
    const path = join(tmpdir(), `tapekeeper-test-${user}-${slot}`);
    try {
      const dataDir = await openDataDir(path);
      return { dataDir, embedded: await start(dataDir) };
    } catch (error) {
      if (!isAppError(error, 'data_dir_busy')) throw error;
    }
  }
  throw new Error(`all ${SLOTS} directories of test servers are in use`);
}

/** A directory that a crash of the machine has damaged, fsync being off, is made anew. */
async function start(dataDir: DataDir): Promise<EmbeddedServer> {
  const options = {
    dataDir,
    runtimeRoot: TEST_RUNTIME_ROOT,
    clock: systemClock,
    log: quietLog,
    settings: CARELESS,
  };
  try {
    return await startEmbedded(options);
  } catch (error) {
    if (!isAppError(error, 'database_start_failed')) throw error;
    for (const name of ['postgres', 'secrets.json']) {
      await rm(join(dataDir.path, name), { recursive: true, force: true });
    }
    return startEmbedded(options);
  }
}

/** The addresses that a template is built by. */
type Addresses = Pick<EmbeddedServer, 'superuserUrl' | 'urls'>;

/** The name of the template, built where it is not there yet; what killed runs have left goes. */
export async function ensureTemplate(embedded: Addresses): Promise<string> {
  const template = `${TEMPLATE_PREFIX}${await schemaFingerprint()}`;
  const admin = await connect({
    url: embedded.superuserUrl,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 0,
  });
  try {
    const leftovers = await admin.rows(sql<{ name: string }>`
      SELECT datname AS name FROM pg_database WHERE datname <> ${template}
        AND (starts_with(datname, ${TEST_DATABASE_PREFIX}) OR starts_with(datname, ${TEMPLATE_PREFIX}))`);
    for (const { name } of leftovers) await admin.rows(sql`DROP DATABASE ${sql.id(name)} WITH (FORCE)`);
    const found = await admin.maybe(sql`SELECT FROM pg_database WHERE datname = ${template}`);
    if (!found) await buildTemplate(admin, embedded, template);
    return template;
  } finally {
    await admin.close();
  }
}

/** Built under another name, so that a build that was killed is no template. */
async function buildTemplate(
  admin: Database,
  { superuserUrl, urls }: Addresses,
  template: string,
): Promise<void> {
  const building = `${template}_building`;
  const password = (url: string) => decodeURIComponent(new URL(url).password);
  const passwords = {
    owner: password(urls.owner),
    runtime: password(urls.runtime),
    reader: password(urls.reader),
  };
  const roles = await ensureRoles(superuserUrl, passwords, building);
  const owner = await connect({ url: roles.owner, max: 1, applicationName: 'tests', statementTimeoutMs: 0 });
  try {
    await migrate(owner);
    await runMigrations({ connectionString: roles.owner, logger: new Logger(() => () => {}) });
    await grantReader(owner, ROLES.reader, SECRET_TABLES);
  } finally {
    await owner.close();
  }
  await admin.rows(sql`ALTER DATABASE ${sql.id(building)} ALLOW_CONNECTIONS false`);
  await admin.rows(sql`ALTER DATABASE ${sql.id(building)} RENAME TO ${sql.id(template)}`);
}

/** Changes with whatever the template is made from. */
async function schemaFingerprint(): Promise<string> {
  const hash = createHash('sha256');
  for (const { checksum } of await readMigrations(MIGRATIONS_DIR)) hash.update(checksum);
  const queue = createRequire(import.meta.url).resolve('graphile-worker');
  hash.update(await readFile(join(dirname(queue), '..', 'package.json'), 'utf8'));
  for (const file of ['connection.ts', 'migrate.ts', 'roles.ts']) {
    hash.update(await readFile(join(MIGRATIONS_DIR, '..', file), 'utf8'));
  }
  return hash.digest('hex').slice(0, 16);
}
