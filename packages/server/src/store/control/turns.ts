import type { RunId } from '../../ports/runStore.ts';
import { sql, type Database, type Transaction } from '../connection.ts';
import { addDispatch } from '../dispatch.ts';
import { emitRunEvent } from '../eventsOfRuns.ts';

interface Waiting {
  readonly id: RunId;
  readonly jobId: number | null;
  readonly group: string | null;
}

/**
 * Whether place `c`, a job and a group, has room for one more run. Each is asked for as a range from itself
 * to itself in the order of the index on it, and no further than there is room: so neither the runs that
 * wait nor those of other jobs are looked at, however many are open.
 */
const isFree = sql`
  (c.job_id IS NULL OR (
    SELECT count(*) FROM (
      SELECT 1 FROM tapekeeper.run o
      WHERE o.job_id >= c.job_id AND o.job_id <= c.job_id AND o.state IN ('pending', 'running', 'paused') AND NOT o.waits_for_turn
      ORDER BY o.job_id, o.id LIMIT j.most) AS taken) < j.most)
  AND (c.concurrency_group IS NULL OR (
    SELECT count(*) FROM (
      SELECT 1 FROM tapekeeper.run o
      WHERE o.concurrency_group >= c.concurrency_group AND o.concurrency_group <= c.concurrency_group
        AND o.state IN ('pending', 'running', 'paused') AND NOT o.waits_for_turn
      ORDER BY o.concurrency_group, o.id LIMIT g.most) AS taken) < g.most)`;

/** How many runs the job and the group of place `c` may have at a time. */
const room = sql`
  CROSS JOIN LATERAL (
    SELECT coalesce((SELECT (job.definition#>>'{policies,mostRuns}')::int FROM tapekeeper.job WHERE job.id = c.job_id), 1) AS most) AS j
  CROSS JOIN LATERAL (
    SELECT coalesce((SELECT g.most FROM tapekeeper.concurrency_group g WHERE g.name = c.concurrency_group), 1) AS most) AS g`;

/** Live work goes first, then what people asked for, then the past; the oldest of each. */
const inTurn = sql`ORDER BY CASE c.priority WHEN 'live' THEN 0 WHEN 'normal' THEN 1 ELSE 2 END, c.id`;

/**
 * Dispatches the next run that waits for this job or this group, if there is room. The caller may have a
 * run locked, so nobody is waited for here: a job, group or run that somebody else is deciding about is
 * left to the rescue loop.
 */
export async function giveTurn(
  tx: Transaction,
  jobId: number | null,
  group: string | null,
): Promise<RunId | undefined> {
  // the group knows of all its jobs, so that a busy one does not starve the others
  const next =
    (group === null ? undefined : await nextOf(tx, sql`concurrency_group`, group)) ??
    (jobId === null ? undefined : await nextOf(tx, sql`job_id`, jobId));
  if (next === undefined || !(await lockPlaces(tx, next))) return undefined;
  // looked at anew under the locks: who took the place meanwhile is seen now
  const given = await tx.maybe<{ dispatch: number }>(sql`
    UPDATE tapekeeper.run AS r SET waits_for_turn = false, reason = NULL
    FROM (
      SELECT c.id FROM tapekeeper.run c ${room}
      WHERE c.id = ${next.id} AND c.waits_for_turn AND c.state = 'pending' AND c.stop IS NULL AND ${isFree}
      FOR NO KEY UPDATE OF c SKIP LOCKED
    ) AS chosen, tapekeeper.shard s
    WHERE r.id = chosen.id AND s.run_id = r.id AND s.no = 0 RETURNING s.dispatch`);
  if (given === undefined) return undefined;
  await tx.rows(
    sql`UPDATE tapekeeper.shard SET updated_at = tapekeeper.now() WHERE run_id = ${next.id} AND no = 0`,
  );
  await addDispatch(tx, { runId: next.id, shardNo: 0, dispatch: given.dispatch, delayMs: 0 });
  await emitRunEvent(tx, next.id);
  return next.id;
}

/** The first of the runs that wait for a job, or for a group, and whose place has room. */
async function nextOf(
  tx: Transaction,
  column: ReturnType<typeof sql>,
  value: number | string,
): Promise<Waiting | undefined> {
  return tx.maybe<Waiting>(sql`
    WITH waiting AS MATERIALIZED (
      SELECT id, job_id, concurrency_group, priority FROM tapekeeper.run
      WHERE ${column} >= ${value} AND ${column} <= ${value} AND state IN ('pending', 'running', 'paused')
        AND state = 'pending' AND waits_for_turn AND stop IS NULL
      ORDER BY ${column}, id
    ), free AS MATERIALIZED (
      SELECT c.* FROM (SELECT DISTINCT job_id, concurrency_group FROM waiting) AS c ${room} WHERE ${isFree}
    )
    SELECT c.id, c.job_id AS "jobId", c.concurrency_group AS "group" FROM waiting c JOIN free
      ON free.job_id IS NOT DISTINCT FROM c.job_id AND free.concurrency_group IS NOT DISTINCT FROM c.concurrency_group
    ${inTurn} LIMIT 1`);
}

/** The rows that decisions about places lock as well, unless somebody has them now. */
async function lockPlaces(tx: Transaction, { jobId, group }: Waiting): Promise<boolean> {
  if (jobId !== null) {
    const job = await tx.rows(sql`
      SELECT 1 FROM tapekeeper.job WHERE id = ${jobId} FOR NO KEY UPDATE SKIP LOCKED`);
    if (job.length === 0) return false;
  }
  if (group === null) return true;
  const locked = await tx.rows(sql`
    SELECT 1 FROM tapekeeper.concurrency_group WHERE name = ${group} FOR NO KEY UPDATE SKIP LOCKED`);
  return locked.length > 0;
}

/** Gives every turn that can be given now. */
export async function giveTurns(db: Database): Promise<readonly RunId[]> {
  await makeGroups(db);
  const places = await db.rows<{ jobId: number | null; group: string | null }>(sql`
    SELECT DISTINCT job_id AS "jobId", concurrency_group AS "group" FROM tapekeeper.run
    WHERE waits_for_turn AND state = 'pending'`);
  const given: RunId[] = [];
  for (const { jobId, group } of places) {
    for (;;) {
      const id = await db.transaction((tx) => giveTurn(tx, jobId, group));
      if (id === undefined) break;
      given.push(id);
    }
  }
  return given;
}

/** A group that runs name and nobody has set up lets one run at a time. */
async function makeGroups(db: Database): Promise<void> {
  await db.rows(sql`
    INSERT INTO tapekeeper.concurrency_group (name)
    SELECT DISTINCT concurrency_group FROM tapekeeper.run r
    WHERE waits_for_turn AND state = 'pending' AND concurrency_group IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM tapekeeper.concurrency_group g WHERE g.name = r.concurrency_group)
    ON CONFLICT DO NOTHING`);
}
