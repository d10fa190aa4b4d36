import type { Config } from '../config.ts';
import { openInstallation } from '../main.ts';
import type { Log } from '../ports/log.ts';
import type { MigrationStatus } from '../store/migrate.ts';
import { databaseFacts } from './databaseFacts.ts';
import { withDatabase } from './databaseUrls.ts';

export type { MigrationStatus } from '../store/migrate.ts';

/** Where the schema stands; nothing is changed. */
export function schemaStatus(config: Config, log: Log): Promise<MigrationStatus> {
  return withDatabase(config, log, async (urls) => (await databaseFacts(urls.runtime)).schema);
}

/** Brings the schema up to date in the same way as every start does. Returns what it was before. */
export async function migrateSchema(config: Config, log: Log): Promise<MigrationStatus> {
  const before = await schemaStatus(config, log);
  if (before.pending.length > 0) await (await openInstallation(config, log)).close();
  return before;
}
