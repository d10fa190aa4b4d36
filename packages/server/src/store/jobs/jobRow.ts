import { AppError } from '@tapekeeper/core';
import { sql, type Transaction } from '../connection.ts';
import type { Job, JobId } from '../../ports/jobStore.ts';

/** A job as its row has it: the two times of the next moment stand in columns. */
export interface JobRow extends Omit<Job, 'next'> {
  readonly scheduledFor: number | null;
  readonly dueAt: number | null;
}

/** The columns of a job, of the table `j`. */
export const JOB_COLUMNS = sql`
  j.id, j.key, j.definition, j.state, j.version, j.next_scheduled_for AS "scheduledFor", j.next_fire_at AS "dueAt",
  j.created_at AS "createdAt", j.updated_at AS "updatedAt"`;

export function jobOf<Row extends JobRow>({
  scheduledFor,
  dueAt,
  ...row
}: Row): Omit<Row, 'scheduledFor' | 'dueAt'> & Pick<Job, 'next'> {
  return { ...row, next: scheduledFor === null || dueAt === null ? null : { scheduledFor, dueAt } };
}

/** A job whose row is locked, and the time after which its next moment lies. */
export interface LockedJob extends Job {
  /** Now; or the last moment that was decided about, should the clock of the database have gone back. */
  readonly now: number;
}

/**
 * The job, kept from schedulers and other changes until the transaction ends. The time is read after the
 * lock has been waited for. Raises `unknown_job`.
 */
export async function lockJob(tx: Transaction, id: JobId): Promise<LockedJob> {
  const row = await tx.maybe<JobRow>(sql`
    SELECT ${JOB_COLUMNS} FROM tapekeeper.job AS j WHERE j.id = ${id} AND j.deleted_at IS NULL FOR UPDATE`);
  if (row === undefined) throw new AppError('unknown_job', { job: id });
  const { now } = await tx.one<{ now: number }>(sql`
    SELECT greatest(tapekeeper.now(), (
      SELECT until FROM tapekeeper.fire WHERE job_id = ${id} ORDER BY scheduled_for DESC LIMIT 1)) AS now`);
  return { ...jobOf(row), now };
}
