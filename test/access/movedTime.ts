import { systemClock } from '../../packages/server/src/clock.ts';
import { connect, sql } from '../../packages/server/src/store/connection.ts';
import type { Clock } from '../../packages/server/src/ports/clock.ts';
import type { TestDatabase } from '../support/testDatabase.ts';

/** Time that a test moves; in between it goes on as ever, or stands still. */
export interface MovedTime {
  readonly clock: Clock;
  /** Moves the time of the database and of the program on, or back. */
  move(ms: number): Promise<void>;
  /** Moves that of the database alone, as if the clocks of two machines disagreed. */
  moveDatabase(ms: number): Promise<void>;
  reset(): Promise<void>;
}

/** Puts a shift under the one function that statements take the time from; once for a database. */
export async function moveTime(
  { ownerUrl, url, db }: TestDatabase,
  { still = false }: { readonly still?: boolean } = {},
): Promise<MovedTime> {
  const start = systemClock.now();
  const owner = await connect({
    url: ownerUrl,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 20_000,
  });
  const runtime = sql.id(decodeURIComponent(new URL(url).username));
  await owner.transaction(async (tx) => {
    await tx.rows(sql`CREATE SCHEMA moved_time`);
    await tx.rows(sql`CREATE TABLE moved_time.shift (base timestamptz, by interval NOT NULL)`);
    await tx.rows(sql`
      INSERT INTO moved_time.shift VALUES (to_timestamp(${still ? start / 1000 : null}::float8), interval '0')`);
    await tx.rows(sql`GRANT USAGE ON SCHEMA moved_time TO ${runtime}`);
    await tx.rows(sql`GRANT SELECT, UPDATE ON moved_time.shift TO ${runtime}`);
    await tx.rows(sql`
      CREATE OR REPLACE FUNCTION tapekeeper.now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE
      AS 'SELECT coalesce(base, clock_timestamp()) + by FROM moved_time.shift'`);
  });
  await owner.close();
  let shiftMs = 0;
  const shift = async (ms: number): Promise<void> => {
    await db.rows(sql`UPDATE moved_time.shift SET by = ${ms}::float8 * interval '1 ms'`);
  };
  const set = async (ms: number): Promise<void> => {
    await shift(ms);
    shiftMs = ms;
  };
  return {
    clock: {
      ...systemClock,
      now: () => (still ? start : systemClock.now()) + shiftMs,
      sleep: async () => {},
    },
    move: (ms) => set(shiftMs + ms),
    moveDatabase: (ms) => shift(shiftMs + ms),
    reset: () => set(0),
  };
}
