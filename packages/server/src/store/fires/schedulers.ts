import type { Instant } from '@tapekeeper/core';
import type { JobStore } from '../../ports/jobStore.ts';
import { sql, type Database } from '../connection.ts';

/** Schedulers that have been silent for longer than a day are forgotten on the way. */
export async function schedulerTurned(
  db: Database,
  scheduler: { readonly boot: string; readonly node: string; readonly pid: number },
): Promise<void> {
  await db.rows(sql`
    WITH forgotten AS (
      DELETE FROM tapekeeper.scheduler
      WHERE turned_at < (SELECT tapekeeper.now()) - interval '1 day' AND boot <> ${scheduler.boot}
    )
    INSERT INTO tapekeeper.scheduler (boot, node, pid) VALUES (${scheduler.boot}, ${scheduler.node}, ${scheduler.pid})
    ON CONFLICT (boot) DO UPDATE SET turned_at = tapekeeper.now()`);
}

export async function schedulerStopped(db: Database, boot: string): Promise<void> {
  await db.rows(sql`DELETE FROM tapekeeper.scheduler WHERE boot = ${boot}`);
}

export async function schedulers(db: Database): ReturnType<JobStore['schedulers']> {
  return db.rows(sql`
    SELECT boot, node, pid, started_at AS "startedAt",
      greatest(0, 1000 * extract(epoch FROM (SELECT tapekeeper.now()) - turned_at))::float8 AS "silentMs"
    FROM tapekeeper.scheduler ORDER BY started_at, boot`);
}

/** The clock that decides what is due. */
export async function now(db: Database): Promise<Instant> {
  const { at } = await db.one<{ at: Instant }>(sql`SELECT tapekeeper.now() AS at`);
  return at;
}
