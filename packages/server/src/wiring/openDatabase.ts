import { join } from 'node:path';
import { runMigrations } from 'graphile-worker';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../ports/log.ts';
import { connect } from '../store/connection.ts';
import type { openDataDir } from '../store/dataDir.ts';
import { startEmbedded } from '../store/embedded/startEmbedded.ts';
import { stampInstallation } from '../store/installation.ts';
import { migrate } from '../store/migrate.ts';
import { externalRoles, grantReader, type RoleUrls } from '../store/roles.ts';
import { SECRET_TABLES } from '../store/secretTables.ts';

/** With the grace of the client, a database that fell silent is given up within twenty seconds. */
export const STATEMENT_TIMEOUT_MS = 14_000;

/** The database of the settings, or the embedded one, which `onEnd` is told of when it ends by itself. */
export async function openDatabase(
  config: Config,
  dataDir: Awaited<ReturnType<typeof openDataDir>>,
  log: Log,
  closers: (() => Promise<void>)[],
  onEnd: (reason: string) => void,
): Promise<RoleUrls> {
  if (config.databaseUrl !== null) return externalRoles(config.databaseUrl);
  const runtimeRoot = join(config.dataDir, '..', 'tapekeeper-runtime');
  const server = await startEmbedded({ dataDir, runtimeRoot, clock: systemClock, log });
  closers.push(() => server.stop());
  server.onExit((reason) => {
    log.error({ reason }, 'the embedded PostgreSQL has ended by itself');
    onEnd(reason);
  });
  return server.urls;
}

/** Migrations, the stamp of the installation, the queue's own tables, the rights of who only reads. */
export async function prepareSchema(urls: RoleUrls, config: Config): Promise<void> {
  const owner = await connect({
    url: urls.owner,
    max: 2,
    applicationName: 'tapekeeper migrate',
    statementTimeoutMs: 0,
  });
  try {
    await migrate(owner);
    await stampInstallation(owner, config.mode);
    await runMigrations({ connectionString: urls.owner });
    if (urls.reader !== undefined)
      await grantReader(owner, decodeURIComponent(new URL(urls.reader).username), SECRET_TABLES);
  } finally {
    await owner.close();
  }
}
