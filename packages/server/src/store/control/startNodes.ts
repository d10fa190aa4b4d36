import {
  PRIORITIES,
  workflowInvalid,
  workflowProblem,
  type AppError,
  type DatasetId,
  type JobDefinition,
  type JobState,
  type Priority,
} from '@tapekeeper/core';
import type { JobId } from '../../ports/jobStore.ts';
import type { NewRun, RunId, StoredError } from '../../ports/runStore.ts';
import { sql, type Transaction } from '../connection.ts';
import { emitRunEvent } from '../eventsOfRuns.ts';
import { datasetOf } from '../fires/firedRuns.ts';
import { Places, readPlaces, type PlacedJob } from '../fires/places.ts';
import { insertRun } from '../runs.ts';

interface NodeToStart {
  readonly node: string;
  readonly jobId: JobId;
}

interface LockedJob {
  readonly id: JobId;
  readonly key: string;
  readonly version: number;
  readonly state: JobState;
  readonly definition: JobDefinition;
  readonly isGone: boolean;
}

/** The jobs of nodes and the room that there is, which nobody else decides about until the transaction ends. */
export interface NodePlaces {
  readonly jobs: ReadonlyMap<JobId, LockedJob>;
  readonly places: Places;
}

/** Jobs are locked in the order of their ids, then groups in that of their names, so that nobody waits in a circle. */
export async function lockPlaces(tx: Transaction, nodes: readonly NodeToStart[]): Promise<NodePlaces> {
  if (nodes.length === 0) return { jobs: new Map(), places: new Places(new Map(), new Map()) };
  const jobs = await tx.rows<LockedJob>(sql`
    SELECT id, key, version, state, definition, deleted_at IS NOT NULL AS "isGone" FROM tapekeeper.job
    WHERE id = ANY(${nodes.map(({ jobId }) => jobId)}::bigint[]) ORDER BY id FOR NO KEY UPDATE`);
  return {
    jobs: new Map(jobs.map((job) => [job.id, job])),
    places: await readPlaces(tx, jobs.map(placedJob)),
  };
}

function placedJob({ id, definition }: LockedJob): PlacedJob {
  const { mostRuns, group } = definition.policies;
  return { id, mostRuns, group };
}

/** A node's run is one of its job, as the job is now; where there is no room for it, it waits for its turn. */
export async function startNodes(
  tx: Transaction,
  workflow: RunId,
  nodes: readonly NodeToStart[],
  { jobs, places }: NodePlaces,
): Promise<void> {
  if (nodes.length === 0) return;
  const held = await heldBy(tx, workflow);
  for (const { node, jobId } of nodes) {
    const job = jobs.get(jobId);
    const problem = unfit(node, jobId, job, held.groups);
    if (job === undefined || problem !== null) {
      await insertEnded(tx, workflow, [
        { node, jobId, state: 'failed', reason: 'workflow_invalid', error: problem },
      ]);
      continue;
    }
    const { openRuns, mostRuns, fullGroup } = places.of(placedJob(job));
    const runId = await insertRun(tx, {
      ...runOf(job, held.priority),
      parentRunId: workflow,
      node,
      waitsForTurn: openRuns.length >= mostRuns || fullGroup !== null,
    });
    places.add(placedJob(job), runId);
  }
}

function runOf({ id, version, definition }: LockedJob, ofWorkflow: Priority): Omit<NewRun, 'parentRunId'> {
  const { type, params } = definition;
  return {
    type,
    dataset: datasetOf(definition) as DatasetId | null,
    wish: params,
    params: null,
    cause: 'workflow',
    requestedBy: null,
    jobId: id,
    jobVersion: version,
    policies: { ...definition.policies, priority: higher(definition.policies.priority, ofWorkflow) },
  };
}

/** A node is never less urgent than its workflow, which would wait for it all the same. */
function higher(one: Priority, other: Priority): Priority {
  return PRIORITIES.indexOf(one) < PRIORITIES.indexOf(other) ? one : other;
}

/** What has happened to a job since the workflow was checked, so that it cannot be run. */
function unfit(
  node: string,
  jobId: JobId,
  job: LockedJob | undefined,
  held: readonly string[],
): AppError | null {
  if (job === undefined || job.isGone)
    return workflowInvalid([workflowProblem('unknown_job', [node], String(jobId))]);
  if (job.state === 'disabled') return workflowInvalid([workflowProblem('disabled_job', [node], job.key)]);
  const { group } = job.definition.policies;
  if (group === null || !held.includes(group)) return null;
  return workflowInvalid([workflowProblem('shared_group', [node], group)]);
}

/** The priority of a workflow, and the groups that it and the workflows above it take up a place of. */
async function heldBy(
  tx: Transaction,
  workflow: RunId,
): Promise<{ readonly priority: Priority; readonly groups: readonly string[] }> {
  return tx.one(sql`
    WITH RECURSIVE above AS (
      SELECT id, parent_run_id, priority, concurrency_group FROM tapekeeper.run WHERE id = ${workflow}
      UNION ALL
      SELECT r.id, r.parent_run_id, r.priority, r.concurrency_group
      FROM above JOIN tapekeeper.run r ON r.id = above.parent_run_id
    )
    SELECT (SELECT priority FROM above WHERE id = ${workflow}) AS priority,
      coalesce(array_agg(concurrency_group) FILTER (WHERE concurrency_group IS NOT NULL), '{}') AS groups
    FROM above`);
}

/** Nodes that are not to run are runs that have ended with the reason, so that histories show them. */
export async function passOver(
  tx: Transaction,
  workflow: RunId,
  nodes: readonly (NodeToStart & { readonly reason: string })[],
): Promise<void> {
  const ended = nodes.map((node) => ({ ...node, state: 'skipped' as const, error: null }));
  await insertEnded(tx, workflow, ended);
}

interface EndedNode extends NodeToStart {
  readonly state: 'skipped' | 'failed';
  readonly reason: string;
  readonly error: StoredError | null;
}

async function insertEnded(tx: Transaction, workflow: RunId, nodes: readonly EndedNode[]): Promise<void> {
  for (const { node, jobId, state, reason, error } of nodes) {
    const failure =
      error === null
        ? null
        : JSON.stringify({ code: error.code, message: error.message, details: error.details });
    const { runId } = await tx.one<{ runId: RunId }>(sql`
      INSERT INTO tapekeeper.run (type, dataset, wish, cause, parent_run_id, node, job_id, job_version,
        priority, state, reason, error, finished_at)
      SELECT j.type, j.definition#>>'{params,dataset}', j.definition->'params', 'workflow', w.id, ${node}, j.id, j.version,
        w.priority, ${state}, ${reason}, ${failure}::jsonb, tapekeeper.now()
      FROM tapekeeper.job j, tapekeeper.run w WHERE j.id = ${jobId} AND w.id = ${workflow}
      RETURNING id AS "runId"`);
    await emitRunEvent(tx, runId, { node });
  }
}
