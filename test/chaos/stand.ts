import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startReplay, type Replay, type World } from '@tapekeeper/replay';
import { systemClock } from '../../packages/server/src/clock.ts';
import { readConfig } from '../../packages/server/src/config.ts';
import { openInstallation, type Installation } from '../../packages/server/src/main.ts';
import { connect, sql } from '../../packages/server/src/store/connection.ts';
import { openDataDir } from '../../packages/server/src/store/dataDir.ts';
import { startEmbedded } from '../../packages/server/src/store/embedded/startEmbedded.ts';
import { ensureRoles, withDatabase } from '../../packages/server/src/store/roles.ts';
import { quietLog } from '../support/quietLog.ts';
import { TEST_RUNTIME_ROOT } from '../support/testServer.ts';

/** An empty database and the way to get rid of it. */
export interface ChaosDatabase {
  /** As the role that owns it: what an installation with DATABASE_URL has. */
  readonly url: string;
  drop(): Promise<void>;
}

/** What outlives the workers that are killed: the upstream and the database server. */
export interface Stand {
  readonly world: World;
  readonly replay: Replay;
  readonly serverVersion: string;
  createDatabase(): Promise<ChaosDatabase>;
  stop(): Promise<void>;
}

/** A stand with a PostgreSQL of its own, with the settings that the product gives it: nothing made faster for the test. */
export async function openStand(world: World): Promise<Stand> {
  const closers: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const closer of closers.toReversed()) await closer();
    closers.length = 0;
  };
  try {
    const path = await mkdtemp(join(tmpdir(), 'tapekeeper-chaos-'));
    closers.push(() => rm(path, { recursive: true, force: true }));
    const dataDir = await openDataDir(path);
    closers.push(() => dataDir.release());
    const server = await startEmbedded({
      dataDir,
      runtimeRoot: TEST_RUNTIME_ROOT,
      clock: systemClock,
      log: quietLog,
    });
    closers.push(() => server.stop());
    const replay = await startReplay({ world });
    closers.push(() => replay.stop());
    const passwords = {
      owner: passwordOf(server.urls.owner),
      runtime: passwordOf(server.urls.runtime),
      reader: passwordOf(server.urls.reader),
    };
    let made = 0;
    return {
      world,
      replay,
      serverVersion: await versionOf(server.superuserUrl),
      async createDatabase() {
        made += 1;
        const name = `chaos_${made}`;
        const { owner } = await ensureRoles(server.superuserUrl, passwords, name);
        return { url: owner, drop: () => dropDatabase(server.superuserUrl, name) };
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** An installation on the database that only asks, looks and compares; its worker is not started. */
export async function openControl(
  stand: Pick<Stand, 'world' | 'replay'>,
  databaseUrl: string,
): Promise<Installation> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tapekeeper-chaos-control-'));
  const env = {
    DATABASE_URL: databaseUrl,
    TAPEKEEPER_MODE: 'replay',
    TAPEKEEPER_DATA_DIR: dataDir,
    TAPEKEEPER_TUSHARE_URL: stand.replay.tushareUrl,
    TAPEKEEPER_BAOSTOCK_URL: stand.replay.baostockUrl,
    TAPEKEEPER_MARKET_DAY: stand.world.lastDay,
  };
  const installation = await openInstallation(readConfig({ env, flags: {} }), quietLog);
  // whole tables are compared, which takes longer than a statement of the product may
  const db = await connect({ url: databaseUrl, max: 4, applicationName: 'chaos', statementTimeoutMs: 0 });
  return {
    ...installation,
    db,
    async close() {
      await db.close();
      await installation.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function dropDatabase(superuserUrl: string, name: string): Promise<void> {
  const admin = await connect({ url: superuserUrl, max: 1, applicationName: 'chaos', statementTimeoutMs: 0 });
  try {
    await admin.rows(sql`DROP DATABASE ${sql.id(name)} WITH (FORCE)`);
  } finally {
    await admin.close();
  }
}

async function versionOf(superuserUrl: string): Promise<string> {
  const admin = await connect({
    url: withDatabase(superuserUrl, 'postgres'),
    max: 1,
    applicationName: 'chaos',
    statementTimeoutMs: 0,
  });
  try {
    return (await admin.one(sql<{ version: string }>`SELECT current_setting('server_version') AS version`))
      .version;
  } finally {
    await admin.close();
  }
}

function passwordOf(url: string): string {
  return decodeURIComponent(new URL(url).password);
}
