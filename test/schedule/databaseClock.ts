import type { Instant } from '@tapekeeper/core';
import { connect, sql } from '../../packages/server/src/store/connection.ts';
import type { TestDatabase } from '../support/testDatabase.ts';

/** The time of a database that a test moves. */
export interface DatabaseClock {
  readonly at: Instant;
  set(at: Instant): Promise<void>;
}

/** Replaces the one function that statements take the time from; the database is good for nothing else then. */
export async function takeOverClock(
  { ownerUrl, url, db }: TestDatabase,
  at: Instant,
): Promise<DatabaseClock> {
  const owner = await connect({
    url: ownerUrl,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 20_000,
  });
  const runtime = sql.id(decodeURIComponent(new URL(url).username));
  await owner.transaction(async (tx) => {
    await tx.rows(sql`CREATE TABLE tapekeeper.test_clock (at timestamptz NOT NULL)`);
    await tx.rows(sql`INSERT INTO tapekeeper.test_clock VALUES (to_timestamp(${at / 1000}::float8))`);
    await tx.rows(sql`GRANT SELECT, UPDATE ON tapekeeper.test_clock TO ${runtime}`);
    await tx.rows(sql`
      CREATE OR REPLACE FUNCTION tapekeeper.now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE
      AS 'SELECT at FROM tapekeeper.test_clock'`);
  });
  await owner.close();
  let last = at;
  return {
    get at() {
      return last;
    },
    async set(next) {
      await db.rows(sql`UPDATE tapekeeper.test_clock SET at = to_timestamp(${next / 1000}::float8)`);
      last = next;
    },
  };
}
