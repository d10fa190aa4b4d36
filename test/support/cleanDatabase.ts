import { afterAll, beforeAll, beforeEach } from 'vitest';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { createDatabase, type TestDatabase } from './database.ts';

/**
 * One database for all tests of a file or block, without rows at the start of each test: making one for
 * every test costs a second, emptying one some milliseconds. Ids go on growing.
 */
export function useCleanDatabase(open: () => Promise<TestDatabase> = createDatabase): () => TestDatabase {
  let database: TestDatabase | undefined;
  beforeAll(async () => void (database = await open()));
  afterAll(() => database?.drop());
  beforeEach(() => emptyTables((database as TestDatabase).db));
  return () => database as TestDatabase;
}

/** Tables that others point at, after those that do; the order of the rest does not matter. */
const FIRST = [
  'tapekeeper.shard',
  'tapekeeper.run',
  'tapekeeper.fire',
  'tapekeeper.job_version',
  'tapekeeper.job_change',
  'tapekeeper.after_due',
  'tapekeeper.source_lease',
  'tapekeeper.symbol_alias',
  'tapekeeper.session',
  'tapekeeper.api_token',
  'tapekeeper.refresh_token',
  'tapekeeper.notice',
];

/** Tables that belong to the schema, and the audit log, from which nothing can be taken away. */
const KEPT = ['tapekeeper.state_step', 'tapekeeper.migration', 'tapekeeper.operation'];

/** Tables of the lists that data sets of days require, and of what is known of them. */
export const LIST_TABLES = [
  'market.stock_basics',
  'market.trade_calendar',
  'tapekeeper.instrument',
  'tapekeeper.symbol_alias',
  'tapekeeper.coverage_fresh',
];

export async function emptyTables(db: Database, kept: readonly string[] = []): Promise<void> {
  const found = await db.rows<{ name: string }>(sql`
    SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('tapekeeper', 'market') AND c.relkind IN ('r', 'p') AND NOT c.relispartition`);
  const others = found
    .map(({ name }) => name)
    .filter((name) => !FIRST.includes(name) && !KEPT.includes(name));
  const emptied = [...FIRST, ...others, 'graphile_worker._private_jobs'].filter(
    (name) => !kept.includes(name),
  );
  // in one message: a round trip for each of a hundred tables costs more than the tables do
  await db.transaction((tx) => tx.client.query(emptied.map((name) => `DELETE FROM ${name}`).join(';')));
}
