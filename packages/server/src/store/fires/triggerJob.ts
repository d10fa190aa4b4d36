import {
  AppError,
  decideOverlap,
  type DatasetId,
  type JobDefinition,
  type JobParams,
  type JobState,
  type JobType,
} from '@tapekeeper/core';
import type { JobId, ManualTrigger } from '../../ports/jobStore.ts';
import type { RunId } from '../../ports/runStore.ts';
import { sql, type Database, type Transaction } from '../connection.ts';
import { insertRun } from '../runs.ts';
import { beginDecision } from './claimDue.ts';
import { datasetOf } from './firedRuns.ts';
import { readPlaces } from './places.ts';
import { isOverWhenStopped } from './stopReplaced.ts';

/** Longer than a frozen scheduler can keep a job to itself: people do not ask again by themselves. */
const LOCK_WAIT_MS = 8_000;

interface LockedJob {
  readonly key: string;
  readonly state: JobState;
  readonly version: number;
  readonly definition: JobDefinition;
}

/**
 * A run of a job by hand, whatever the state of the job: nothing of the job changes, and its parameters
 * are those of this run alone. Raises `unknown_job`, and `job_busy` or `group_busy` where the overlap
 * policy neither waits nor replaces.
 */
export async function triggerJob(db: Database, id: JobId, trigger: ManualTrigger): Promise<RunId> {
  return db.transaction(async (tx) => {
    await beginDecision(tx, LOCK_WAIT_MS);
    const job = await tx.maybe<LockedJob>(sql`
      SELECT key, state, version, definition FROM tapekeeper.job
      WHERE id = ${id} AND deleted_at IS NULL FOR NO KEY UPDATE`);
    if (job === undefined) throw new AppError('unknown_job', { job: id });
    if (trigger.refusedWhileOpen === true) await refuseWhileOpen(tx, id, job.key);
    const { policies, schedule } = job.definition;
    const place = { id, mostRuns: policies.mostRuns, group: policies.group };
    const overlap = decideOverlap(schedule.overlap, (await readPlaces(tx, [place])).of(place));
    if (overlap.kind === 'refuse') throw busy(job.key, overlap.blocker);
    const runId = await insertRun(tx, {
      ...workOf(job.definition, trigger.params),
      params: null,
      cause: 'person',
      requestedBy: trigger.by,
      parentRunId: null,
      jobId: id,
      jobVersion: job.version,
      policies,
      waitsForTurn: overlap.kind !== 'run',
    });
    for (const replaced of overlap.kind === 'replace' ? overlap.runIds : []) {
      await isOverWhenStopped(tx, replaced);
    }
    await noteTriggered(tx, id, job, trigger, runId);
    return runId;
  });
}

/** The job is locked, so that no run of it begins meanwhile. */
async function refuseWhileOpen(tx: Transaction, id: JobId, key: string): Promise<void> {
  const open = await tx.maybe<{ id: RunId }>(sql`
    SELECT id FROM tapekeeper.run WHERE job_id = ${id} AND state IN ('pending', 'running', 'paused')
    ORDER BY id LIMIT 1`);
  if (open !== undefined) throw new AppError('job_busy', { job: key, run: open.id });
}

function busy(
  key: string,
  { runIds, group }: { readonly runIds: readonly number[]; readonly group: string | null },
): AppError {
  const run = runIds[0] ?? 0;
  return group === null
    ? new AppError('job_busy', { job: key, run })
    : new AppError('group_busy', { job: key, group, run });
}

/** What the run is asked for: the parameters by hand lie over those of the job. */
function workOf(
  definition: JobDefinition,
  params: ManualTrigger['params'],
): { readonly type: JobType; readonly dataset: DatasetId | null; readonly wish: JobParams[JobType] } {
  const wish = { ...definition.params, ...params } as JobParams[JobType];
  const dataset = datasetOf({ ...definition, params: wish } as JobDefinition);
  return { type: definition.type, dataset: dataset as DatasetId | null, wish };
}

async function noteTriggered(
  tx: Transaction,
  id: JobId,
  { state, version }: LockedJob,
  { by, params }: ManualTrigger,
  runId: RunId,
): Promise<void> {
  await tx.rows(sql`
    INSERT INTO tapekeeper.job_change (job_id, action, state, version, author, detail)
    VALUES (${id}, 'triggered', ${state}, ${version}, ${by}, ${JSON.stringify({ runId, params })}::jsonb)`);
}
