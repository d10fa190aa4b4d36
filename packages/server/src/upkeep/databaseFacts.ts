import { connect, sql, type Database } from '../store/connection.ts';
import type { DataMode } from '../store/installation.ts';
import { migrationStatus, type MigrationStatus } from '../store/migrate.ts';

export interface DatabaseFacts {
  /** As in `18.4`. */
  readonly serverVersion: string;
  readonly schema: MigrationStatus;
  /** Null before the first start has stamped it. */
  readonly mode: DataMode | null;
}

/** What can be said of a database without changing it. Throws `schema_newer`, `schema_changed`. */
export async function databaseFacts(url: string): Promise<DatabaseFacts> {
  const db = await connect({ url, max: 1, applicationName: 'tapekeeper', statementTimeoutMs: 10_000 });
  try {
    const { serverVersion } = await db.one(
      sql<{ serverVersion: string }>`SELECT current_setting('server_version') AS "serverVersion"`,
    );
    const schema = await migrationStatus(db);
    return { serverVersion, schema, mode: schema.found === 0 ? null : await stampedMode(db) };
  } finally {
    await db.close();
  }
}

async function stampedMode(db: Database): Promise<DataMode | null> {
  const row = await db.maybe(sql<{ mode: DataMode }>`SELECT mode FROM tapekeeper.installation`);
  return row?.mode ?? null;
}
