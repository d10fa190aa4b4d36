import type {
  Blocker,
  Fire,
  FireDecision,
  FireReason,
  Instant,
  JobDefinition,
  Moment,
} from '@tapekeeper/core';
import type { FireId, JobId } from '../../ports/jobStore.ts';
import type { RunId } from '../../ports/runStore.ts';
import { sql, type Transaction } from '../connection.ts';
import { insertFiredRuns, type FiredRun } from './firedRuns.ts';
import { emitEvents, type OutboxEvent } from './outbox.ts';

/** The newest fire of a job. */
export interface LastFire {
  readonly id: FireId;
  readonly jobVersion: number;
  readonly until: Instant;
  readonly decision: FireDecision;
  readonly reason: FireReason;
  readonly blocker: Blocker | null;
}

/** What was decided about a locked job. */
export interface DecidedJob {
  readonly id: JobId;
  readonly version: number;
  readonly definition: JobDefinition;
  /** The fire that an equal one goes on with; null where none may be. */
  readonly last: LastFire | null;
  readonly fires: readonly Fire[];
  readonly next: Moment | null;
}

/** A run that was made, and what it was made for. */
export interface WrittenRun {
  readonly job: DecidedJob;
  readonly fire: Fire;
  readonly runId: RunId;
}

interface NewFire {
  readonly job: DecidedJob;
  readonly fire: Fire;
}

/**
 * Writes down what was decided: fires, their runs, and the next moments of the jobs. A skipped or missed
 * stretch that goes on as the last fire ended makes that fire longer, and makes no run. Returns the runs
 * that were made, those that are over already among them.
 */
export async function writeFires(
  tx: Transaction,
  jobs: readonly DecidedJob[],
): Promise<readonly WrittenRun[]> {
  const longer = jobs.filter(goesOn);
  const fresh = jobs.flatMap((job) => {
    const fires = goesOn(job) ? job.fires.slice(1) : job.fires;
    return fires.map((fire): NewFire => ({ job, fire }));
  });
  await extendFires(tx, longer);
  const fireIds = await insertFires(tx, fresh);
  const { ids, events } = await insertFiredRuns(
    tx,
    fresh.map((one, place) => runOf(one, fireIds[place] as FireId)),
  );
  const lastIds = new Map(longer.map(({ id, last }) => [id, last?.id as FireId]));
  fresh.forEach(({ job }, place) => lastIds.set(job.id, fireIds[place] as FireId));
  await moveOn(tx, jobs, lastIds);
  await emitEvents(tx, [
    ...longer.map((job) => fireEvent(job, job.fires[0] as Fire, job.last?.id as FireId, null)),
    ...fresh.map(({ job, fire }, place) =>
      fireEvent(job, fire, fireIds[place] as FireId, ids[place] as RunId),
    ),
    ...events,
  ]);
  return fresh.map(({ job, fire }, place) => ({ job, fire, runId: ids[place] as RunId }));
}

function goesOn({ last, version, fires: [first] }: DecidedJob): boolean {
  if (last === null || first === undefined || first.decision === 'ran') return false;
  return (
    last.jobVersion === version &&
    last.decision === first.decision &&
    last.reason === first.reason &&
    textOf(last.blocker) === textOf(first.blocker)
  );
}

function textOf(blocker: Blocker | null): string {
  return blocker === null ? '' : JSON.stringify([blocker.group, blocker.runIds]);
}

async function extendFires(tx: Transaction, jobs: readonly DecidedJob[]): Promise<void> {
  if (jobs.length === 0) return;
  const rows = jobs.map(({ last, fires: [first] }) => ({
    id: last?.id,
    until: first?.until,
    dueCount: first?.dueCount,
  }));
  await tx.rows(sql`
    UPDATE tapekeeper.fire AS f SET until = to_timestamp(n.until / 1000), due_count = f.due_count + n."dueCount"
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS n (id bigint, until float8, "dueCount" int)
    WHERE f.id = n.id`);
}

/** Ids in the order of the fires. */
async function insertFires(tx: Transaction, fires: readonly NewFire[]): Promise<readonly FireId[]> {
  if (fires.length === 0) return [];
  const rows = fires.map(({ job, fire }, no) => ({
    no,
    jobId: job.id,
    version: job.version,
    from: fire.scheduledFor,
    until: fire.until,
    dueCount: fire.dueCount,
    decision: fire.decision,
    reason: fire.reason,
    blocker: fire.blocker,
  }));
  const made = await tx.rows<{ id: FireId; jobId: JobId; from: Instant }>(sql`
    INSERT INTO tapekeeper.fire (job_id, job_version, scheduled_for, until, due_count, decision, reason, blocker)
    SELECT n."jobId", n.version, to_timestamp(n."from" / 1000), to_timestamp(n.until / 1000), n."dueCount", n.decision,
      n.reason, nullif(n.blocker, 'null'::jsonb)
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS n (no int, "jobId" bigint, version int, "from" float8,
      until float8, "dueCount" int, decision text, reason text, blocker jsonb)
    ORDER BY n.no
    RETURNING id, job_id AS "jobId", scheduled_for AS "from"`);
  const idOf = new Map(made.map(({ id, jobId, from }) => [`${jobId} ${from}`, id]));
  return fires.map(({ job, fire }) => {
    const id = idOf.get(`${job.id} ${fire.scheduledFor}`);
    if (id === undefined) throw new RangeError(`a fire of job ${job.id} was not made`);
    return id;
  });
}

function runOf({ job, fire }: NewFire, fireId: FireId): FiredRun {
  return {
    fireId,
    jobId: job.id,
    jobVersion: job.version,
    definition: job.definition,
    cause: 'fire',
    upstreamRunId: null,
    waitsForTurn: fire.waitsForTurn,
    over: fire.decision === 'ran' ? null : { state: fire.decision, reason: fire.reason },
  };
}

/** The next moments, behind all that was decided. */
async function moveOn(
  tx: Transaction,
  jobs: readonly DecidedJob[],
  lastIds: ReadonlyMap<JobId, FireId>,
): Promise<void> {
  const rows = jobs.map(({ id, next }) => ({
    id,
    scheduledFor: next?.scheduledFor ?? null,
    dueAt: next?.dueAt ?? null,
    fireId: lastIds.get(id) ?? null,
  }));
  await tx.rows(sql`
    UPDATE tapekeeper.job AS j SET next_scheduled_for = to_timestamp(n."scheduledFor" / 1000),
      next_fire_at = to_timestamp(n."dueAt" / 1000), last_fire_id = coalesce(n."fireId", j.last_fire_id)
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS n (id bigint, "scheduledFor" float8, "dueAt" float8, "fireId" bigint)
    WHERE j.id = n.id`);
}

/** What is told of a decision; without a run where it made an earlier fire longer. */
export function fireEvent(
  job: { readonly id: JobId },
  fire: Pick<Fire, 'scheduledFor' | 'until' | 'dueCount' | 'decision' | 'reason'>,
  fireId: FireId,
  runId: RunId | null,
): OutboxEvent {
  const { scheduledFor, until, dueCount, decision, reason } = fire;
  return {
    topic: 'fire',
    payload: { fireId, jobId: job.id, scheduledFor, until, dueCount, decision, reason, runId },
  };
}
