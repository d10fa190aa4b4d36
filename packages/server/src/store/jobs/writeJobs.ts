import {
  AppError,
  JOB_MACHINE,
  mayStep,
  type JobDefinition,
  type JobState,
  type Moment,
} from '@tapekeeper/core';
import { sql, type Database, type RawBuilder, type Transaction } from '../connection.ts';
import { emitEvent } from '../events.ts';
import { recordDecision } from '../operations.ts';
import type { Job, JobAction, JobId, NewJob, NextMoment } from '../../ports/jobStore.ts';
import { JOB_COLUMNS, jobOf, lockJob, type JobRow, type LockedJob } from './jobRow.ts';
import { checkReferences, lockReferences, usersOf } from './references.ts';

/** Jobs are made one after the other: a key that is refused then burns no number. */
const CREATION_LOCK = 7206_301;

export async function createJob(db: Database, job: NewJob, next: NextMoment): Promise<Job> {
  return db.transaction(async (tx) => {
    await lockReferences(tx, job.definition);
    await tx.rows(sql`SELECT pg_advisory_xact_lock(${CREATION_LOCK})`);
    const { now, taken } = await tx.one<{ now: number; taken: boolean }>(sql`
      SELECT tapekeeper.now() AS now,
        EXISTS (SELECT 1 FROM tapekeeper.job WHERE key = ${job.key} AND deleted_at IS NULL) AS taken`);
    if (taken) throw new AppError('job_exists', { job: job.key });
    await makeGroup(tx, job.definition);
    const moment = job.state === 'enabled' ? next(job, now) : null;
    const made = jobOf(
      await tx.one<JobRow>(sql`
        INSERT INTO tapekeeper.job AS j (key, definition, state, next_scheduled_for, next_fire_at, created_at, updated_at)
        VALUES (${job.key}, ${JSON.stringify(job.definition)}::jsonb, ${job.state}, ${timeOf(moment?.scheduledFor)},
          ${timeOf(moment?.dueAt)}, ${timeOf(now)}, ${timeOf(now)})
        RETURNING ${JOB_COLUMNS}`),
    );
    await checkReferences(tx, made, job.definition);
    await keepVersion(tx, made, job.author);
    await noteChange(tx, made, 'created', job.author);
    if (job.decision !== undefined) {
      const { key, state, definition } = job;
      const after = { key, state, version: made.version, definition };
      await recordDecision(tx, job.decision, { kind: 'job', id: String(made.id), before: null, after });
    }
    return made;
  });
}

export async function updateJob(
  db: Database,
  id: JobId,
  change: { readonly definition: JobDefinition; readonly expected: number; readonly author: string },
  next: NextMoment,
): Promise<Job> {
  const { definition, expected, author } = change;
  return db.transaction(async (tx) => {
    await lockReferences(tx, definition);
    const job = await lockJob(tx, id);
    if (job.version !== expected) {
      throw new AppError('job_changed', { job: job.key, found: job.version, version: expected });
    }
    const { isSame, sameSchedule } = await tx.one<{ isSame: boolean; sameSchedule: boolean }>(sql`
      SELECT definition = new.d AS "isSame", definition->'schedule' = new.d->'schedule' AS "sameSchedule"
      FROM tapekeeper.job, (SELECT ${JSON.stringify(definition)}::jsonb AS d) AS new WHERE id = ${id}`);
    if (isSame) return withoutNow(job);
    await makeGroup(tx, definition);
    await checkReferences(tx, job, definition);
    // moments of an unchanged schedule stay due: another name must not lose one that nobody has looked at
    const isKept = sameSchedule && job.next !== null;
    const moment = isKept ? job.next : nextOf(job, definition, job.state, next);
    const updated = jobOf(
      await tx.one<JobRow>(sql`
        UPDATE tapekeeper.job AS j SET definition = ${JSON.stringify(definition)}::jsonb, version = version + 1,
          next_scheduled_for = ${timeOf(moment?.scheduledFor)}, next_fire_at = ${timeOf(moment?.dueAt)},
          last_fire_id = CASE WHEN ${sameSchedule} THEN last_fire_id END, updated_at = ${timeOf(job.now)}
        WHERE id = ${id} RETURNING ${JOB_COLUMNS}`),
    );
    await keepVersion(tx, updated, author);
    await noteChange(tx, updated, 'updated', author, isKept ? undefined : passedOver(job));
    return updated;
  });
}

export async function setJobState(
  db: Database,
  id: JobId,
  state: JobState,
  author: string,
  next: NextMoment,
): Promise<Job> {
  return db.transaction(async (tx) => {
    const job = await lockJob(tx, id);
    if (job.state === state) return withoutNow(job);
    if (!mayStep(JOB_MACHINE, job.state, state)) throw new AppError('bad_job_step', { job: job.key });
    const moment = nextOf(job, job.definition, state, next);
    const set = sql`state = ${state}, next_scheduled_for = ${timeOf(moment?.scheduledFor)},
      next_fire_at = ${timeOf(moment?.dueAt)}, last_fire_id = NULL, updated_at = ${timeOf(job.now)}`;
    const stepped = jobOf(
      await tx.one<JobRow>(sql`
        UPDATE tapekeeper.job AS j SET ${set} WHERE id = ${id} RETURNING ${JOB_COLUMNS}`),
    );
    await noteChange(tx, stepped, actionOf(job.state, state), author, passedOver(job));
    return stepped;
  });
}

export async function deleteJob(db: Database, id: JobId, author: string): Promise<void> {
  await db.transaction(async (tx) => {
    const users = await usersOf(tx, id);
    const job = await lockJob(tx, id);
    if (users.length > 0) throw new AppError('job_in_use', { job: job.key, users: users.join(', ') });
    const open = await tx.maybe<{ id: number }>(sql`
      SELECT id FROM tapekeeper.run WHERE job_id = ${id} AND state IN ('pending', 'running', 'paused')
      ORDER BY id LIMIT 1`);
    if (open !== undefined) throw new AppError('job_busy', { job: job.key, run: open.id });
    await tx.rows(sql`DELETE FROM tapekeeper.after_due WHERE job_id = ${id}`);
    await tx.rows(sql`
      UPDATE tapekeeper.job SET state = 'disabled', next_scheduled_for = NULL, next_fire_at = NULL,
        deleted_at = ${timeOf(job.now)}, updated_at = ${timeOf(job.now)}
      WHERE id = ${id}`);
    await noteChange(tx, { ...job, state: 'disabled' }, 'deleted', author, passedOver(job));
  });
}

/** The next moment in a state, after now: what lies in the past is never made up for. */
function nextOf(
  { key, now }: Pick<LockedJob, 'key' | 'now'>,
  definition: JobDefinition,
  state: JobState,
  next: NextMoment,
): Moment | null {
  return state === 'enabled' ? next({ key, definition }, now) : null;
}

function actionOf(from: JobState, to: JobState): JobAction {
  if (to === 'enabled') return from === 'paused' ? 'resumed' : 'enabled';
  return to;
}

/** A moment that was due when the change came, and that nobody decides about any more. */
function passedOver({ next, now }: LockedJob): object | undefined {
  return next === null || next.scheduledFor > now ? undefined : { passedOver: next.scheduledFor };
}

async function makeGroup(tx: Transaction, { policies }: JobDefinition): Promise<void> {
  if (policies.group === null) return;
  await tx.rows(sql`
    INSERT INTO tapekeeper.concurrency_group (name) VALUES (${policies.group}) ON CONFLICT (name) DO NOTHING`);
}

async function keepVersion(tx: Transaction, job: Job, author: string): Promise<void> {
  await tx.rows(sql`
    INSERT INTO tapekeeper.job_version (job_id, version, definition, author, created_at)
    SELECT id, version, definition, ${author}, updated_at FROM tapekeeper.job WHERE id = ${job.id}`);
}

/** What was done is kept, and told to whoever reads the events. */
async function noteChange(
  tx: Transaction,
  { id, key, state, version }: Pick<Job, 'id' | 'key' | 'state' | 'version'>,
  action: JobAction,
  author: string,
  detail?: object,
): Promise<void> {
  await tx.rows(sql`
    INSERT INTO tapekeeper.job_change (job_id, action, state, version, author, detail)
    VALUES (${id}, ${action}, ${state}, ${version}, ${author}, ${detail === undefined ? null : JSON.stringify(detail)}::jsonb)`);
  await emitEvent(tx, 'job', { jobId: id, key, action, state, version });
}

function withoutNow({ now: _now, ...job }: LockedJob): Job {
  return job;
}

function timeOf(at: number | null | undefined): RawBuilder<unknown> {
  return sql`to_timestamp(${at ?? null}::float8 / 1000)`;
}
