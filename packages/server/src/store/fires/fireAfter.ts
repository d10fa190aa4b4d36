import {
  decideOverlap,
  type Blocker,
  type FireReason,
  type Instant,
  type JobDefinition,
} from '@tapekeeper/core';
import type { FireId, JobId } from '../../ports/jobStore.ts';
import type { RunId } from '../../ports/runStore.ts';
import { sql, type Database, type Transaction } from '../connection.ts';
import { beginDecision } from './claimDue.ts';
import { insertFiredRuns } from './firedRuns.ts';
import { isFaultOfRows, tellNotDecided } from './notDecided.ts';
import { emitEvents } from './outbox.ts';
import { readPlaces, type PlacedJob, type Places } from './places.ts';
import { isOverWhenStopped } from './stopReplaced.ts';
import { fireEvent } from './writeFires.ts';

/** A job that is to follow a run which ended well. */
interface AfterDue {
  readonly jobId: JobId;
  readonly upstreamRunId: RunId;
  readonly endedAt: Instant;
}

interface Follower {
  readonly id: JobId;
  readonly version: number;
  readonly definition: JobDefinition;
}

/**
 * Fires jobs that follow runs which ended well, and takes the notes of them away; returns how many fired
 * or were skipped. A job that was switched off, or given another trigger, in the meantime does not fire.
 */
export async function fireAfter(db: Database, limit: number): Promise<number> {
  return db.transaction(async (tx) => {
    await beginDecision(tx);
    const due = await tx.rows<AfterDue>(sql`
      SELECT job_id AS "jobId", upstream_run_id AS "upstreamRunId", ended_at AS "endedAt" FROM tapekeeper.after_due
      ORDER BY ended_at LIMIT ${limit} FOR UPDATE SKIP LOCKED`);
    if (due.length === 0) return 0;
    const jobs = await lockFollowers(tx, due);
    const places = await readPlaces(tx, [...jobs.values()].map(placeOf));
    let fired = 0;
    for (const one of due) {
      const job = jobs.get(one.jobId);
      if (job === undefined) continue;
      if ((await follows(tx, job, one)) && (await tryToFire(tx, job, one, places))) fired += 1;
      await tx.rows(sql`
        DELETE FROM tapekeeper.after_due WHERE job_id = ${one.jobId} AND upstream_run_id = ${one.upstreamRunId}`);
    }
    return fired;
  });
}

/** The jobs as they are now; those that somebody else is deciding about are left for the next turn. */
async function lockFollowers(
  tx: Transaction,
  due: readonly AfterDue[],
): Promise<ReadonlyMap<JobId, Follower>> {
  const rows = await tx.rows<Follower>(sql`
    SELECT id, version, definition FROM tapekeeper.job WHERE id = ANY(${due.map(({ jobId }) => jobId)}::bigint[])
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`);
  return new Map(rows.map((row) => [row.id, row]));
}

function placeOf({ id, definition: { policies } }: Follower): PlacedJob {
  return { id, mostRuns: policies.mostRuns, group: policies.group };
}

async function follows(tx: Transaction, { id, definition }: Follower, due: AfterDue): Promise<boolean> {
  const { trigger, activeFrom, activeUntil } = definition.schedule;
  if (trigger.kind !== 'after') return false;
  if (activeFrom !== null && due.endedAt < activeFrom) return false;
  if (activeUntil !== null && due.endedAt >= activeUntil) return false;
  const found = await tx.rows(sql`
    SELECT 1 FROM tapekeeper.job j, tapekeeper.run r
    WHERE j.id = ${id} AND j.state = 'enabled' AND j.deleted_at IS NULL
      AND r.id = ${due.upstreamRunId} AND r.job_id = ${trigger.jobId}`);
  return found.length > 0;
}

/** One that cannot be written at all is told of and given up, so that the others do not wait for it. */
async function tryToFire(tx: Transaction, job: Follower, due: AfterDue, places: Places): Promise<boolean> {
  await tx.rows(sql`SAVEPOINT follower`);
  try {
    await fire(tx, job, due, places);
    return true;
  } catch (error) {
    if (!isFaultOfRows(error)) throw error;
    await tx.rows(sql`ROLLBACK TO SAVEPOINT follower`);
    await tellNotDecided(tx, job.id, error);
    return false;
  }
}

async function fire(tx: Transaction, job: Follower, due: AfterDue, places: Places): Promise<void> {
  const place = placeOf(job);
  const overlap = decideOverlap(job.definition.schedule.overlap, places.of(place));
  const skipped = overlap.kind === 'refuse' ? overlap : null;
  const waitsForTurn = overlap.kind === 'wait' || overlap.kind === 'replace';
  const reason = overlap.kind === 'refuse' ? overlap.reason : REASONS[overlap.kind];
  const decision = skipped === null ? 'ran' : 'skipped';
  const { fireId, at } = await insertFire(tx, job, due, {
    decision,
    reason,
    blocker: skipped?.blocker ?? null,
  });
  const { ids, events } = await insertFiredRuns(tx, [
    {
      fireId,
      jobId: job.id,
      jobVersion: job.version,
      definition: job.definition,
      cause: 'after',
      upstreamRunId: due.upstreamRunId,
      waitsForTurn,
      over: skipped === null ? null : { state: 'skipped', reason },
    },
  ]);
  const runId = ids[0] as RunId;
  const told = { scheduledFor: at, until: at, dueCount: 1, decision, reason } as const;
  await emitEvents(tx, [fireEvent(job, told, fireId, runId), ...events]);
  if (skipped === null) places.add(place, runId);
  for (const replaced of overlap.kind === 'replace' ? overlap.runIds : []) {
    if (await isOverWhenStopped(tx, replaced)) places.remove(place, replaced);
  }
}

const REASONS = { run: 'after_run', wait: 'queued', replace: 'replaced' } as const satisfies Record<
  string,
  FireReason
>;

/**
 * The moment of the fire is when the run ended; of two that ended at once the second is put a microsecond
 * later, since a job has one fire a moment.
 */
async function insertFire(
  tx: Transaction,
  job: Follower,
  due: AfterDue,
  fired: {
    readonly decision: 'ran' | 'skipped';
    readonly reason: FireReason;
    readonly blocker: Blocker | null;
  },
): Promise<{ readonly fireId: FireId; readonly at: Instant }> {
  const { id, at } = await tx.one<{ id: FireId; at: Instant }>(sql`
    WITH RECURSIVE candidate (at) AS (
      SELECT ended_at FROM tapekeeper.after_due WHERE job_id = ${job.id} AND upstream_run_id = ${due.upstreamRunId}
      UNION ALL
      SELECT at + interval '1 microsecond' FROM candidate
      WHERE EXISTS (SELECT 1 FROM tapekeeper.fire WHERE job_id = ${job.id} AND scheduled_for = at)
    ), free AS (SELECT max(at) AS at FROM candidate)
    INSERT INTO tapekeeper.fire (job_id, job_version, scheduled_for, until, decision, reason, blocker, upstream_run_id)
    SELECT ${job.id}, ${job.version}, at, at, ${fired.decision}, ${fired.reason},
      ${fired.blocker === null ? null : JSON.stringify(fired.blocker)}::jsonb, ${due.upstreamRunId} FROM free
    RETURNING id, scheduled_for AS at`);
  await tx.rows(sql`UPDATE tapekeeper.job SET last_fire_id = ${id} WHERE id = ${job.id}`);
  return { fireId: id, at };
}
