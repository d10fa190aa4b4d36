import { AppError } from '@tapekeeper/core';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../ports/log.ts';
import { connect, hostOf, sql } from '../store/connection.ts';
import { openDataDir } from '../store/dataDir.ts';
import { clusterDirOf, clusterMajor } from '../store/embedded/cluster.ts';
import { LOOPBACK } from '../store/embedded/port.ts';
import { findPostmaster } from '../store/embedded/postmaster.ts';
import { readOrMakeSecrets } from '../store/embedded/secrets.ts';
import { startEmbedded } from '../store/embedded/startEmbedded.ts';
import { DATABASE, externalRoles, ROLES, type RoleUrls } from '../store/roles.ts';
import { runtimeRootOf } from './runtimeRoot.ts';

/**
 * Addresses of the database of an installation, as long as it runs, whoever started it. The directory's
 * lock is not taken. Undefined where the embedded server does not run.
 */
export async function runningDatabaseUrls(config: Config): Promise<RoleUrls | undefined> {
  if (config.databaseUrl !== null) return externalRoles(config.databaseUrl);
  const clusterDir = clusterDirOf(config.dataDir);
  if ((await clusterMajor(clusterDir)) === undefined) return undefined;
  const port = (await findPostmaster(clusterDir))?.port;
  if (port === undefined) return undefined;
  const secrets = await readOrMakeSecrets(config.dataDir, true);
  const url = (kind: keyof typeof ROLES): string =>
    `postgres://${ROLES[kind]}:${secrets[kind]}@${LOOPBACK}:${port}/${DATABASE}`;
  return { owner: url('owner'), runtime: url('runtime'), reader: url('reader') };
}

/**
 * Works on the database as it is, without bringing its schema up to date: on the running server, or on
 * one that is started for the work. Throws `no_database` where there is none, rather than making one.
 */
export async function withDatabase<T>(
  config: Config,
  log: Log,
  work: (urls: RoleUrls) => Promise<T>,
): Promise<T> {
  await requireDatabase(config);
  const running = await runningDatabaseUrls(config);
  if (running !== undefined) return work(running);
  const dataDir = await openDataDir(config.dataDir);
  try {
    const server = await startEmbedded({
      dataDir,
      runtimeRoot: runtimeRootOf(config),
      clock: systemClock,
      log,
    });
    try {
      return await work(server.urls);
    } finally {
      await server.stop();
    }
  } finally {
    await dataDir.release();
  }
}

/** Whether a start has made a database here before; an unreachable server throws `database_unreachable`. */
export async function hasDatabase(config: Config): Promise<boolean> {
  if (config.databaseUrl === null) return (await clusterMajor(clusterDirOf(config.dataDir))) !== undefined;
  const db = await connect({
    url: config.databaseUrl,
    max: 1,
    applicationName: 'tapekeeper',
    statementTimeoutMs: 10_000,
  });
  try {
    const { found } = await db.one(
      sql<{ found: boolean }>`SELECT to_regclass('tapekeeper.installation') IS NOT NULL AS found`,
    );
    return found;
  } finally {
    await db.close();
  }
}

/** Throws `no_database` where no start has made one yet. */
export async function requireDatabase(config: Config): Promise<void> {
  if (await hasDatabase(config)) return;
  const dir = config.databaseUrl === null ? config.dataDir : hostOf(config.databaseUrl);
  throw new AppError('no_database', { dir });
}
