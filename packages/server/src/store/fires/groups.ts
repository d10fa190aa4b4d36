import type { JobStore } from '../../ports/jobStore.ts';
import { sql, type Database } from '../connection.ts';

/** How many runs of a group there may be at a time; the group is made where there is none of the name. */
export async function setGroup(db: Database, name: string, most: number): Promise<void> {
  await db.rows(sql`
    INSERT INTO tapekeeper.concurrency_group (name, most) VALUES (${name}, ${most})
    ON CONFLICT (name) DO UPDATE SET most = EXCLUDED.most`);
}

export async function groups(db: Database): ReturnType<JobStore['groups']> {
  return db.rows(sql`
    SELECT g.name, g.most, open.runs AS "openRuns"
    FROM tapekeeper.concurrency_group g
    CROSS JOIN LATERAL (
      SELECT count(*) AS runs FROM tapekeeper.run
      WHERE concurrency_group = g.name AND state IN ('pending', 'running', 'paused')) AS open
    ORDER BY g.name`);
}
