import {
  AppError,
  linksOf,
  loopThrough,
  referencesOf,
  type JobDefinition,
  type JobLink,
} from '@tapekeeper/core';
import { sql, type Transaction } from '../connection.ts';
import type { Job, JobId } from '../../ports/jobStore.ts';

/**
 * Changes that name other jobs take turns: of two that are made at the same time, neither would see the
 * loop that they close together.
 */
const REFERENCES_LOCK = 7206_300;

/** Before any row is locked, so that changes wait for each other in one order. */
export async function lockReferences(tx: Transaction, definition: JobDefinition): Promise<void> {
  if (referencesOf(definition).length > 0)
    await tx.rows(sql`SELECT pg_advisory_xact_lock(${REFERENCES_LOCK})`);
}

/**
 * Makes sure that what a definition refers to is there, stays there until the transaction ends, and does
 * not lead back to the job, which has to have its row already, under `lockReferences`. Raises `unknown_job` and `job_loop`.
 */
export async function checkReferences(
  tx: Transaction,
  { id, key }: Pick<Job, 'id' | 'key'>,
  definition: JobDefinition,
): Promise<void> {
  const wanted = referencesOf(definition);
  if (wanted.length === 0) return;
  const found = await tx.rows<{ id: JobId }>(sql`
    SELECT id FROM tapekeeper.job WHERE id = ANY(${[...wanted]}::bigint[]) AND deleted_at IS NULL
    ORDER BY id FOR KEY SHARE`);
  const missing = wanted.find((one) => !found.some((job) => job.id === one));
  if (missing !== undefined) throw new AppError('unknown_job', { job: missing });
  const others = (await linksOfAll(tx)).filter((link) => link.id !== id);
  const path = loopThrough(id, [...others, { id, key, ...linksOf(definition) }]);
  if (path !== undefined) throw new AppError('job_loop', { path: path.join(' -> ') });
}

/**
 * Keys of the jobs that need a job: that follow it, or have it as a node. No other one begins to until the
 * transaction ends.
 */
export async function usersOf(tx: Transaction, id: JobId): Promise<readonly string[]> {
  await tx.rows(sql`SELECT pg_advisory_xact_lock(${REFERENCES_LOCK})`);
  const users = await tx.rows<{ key: string }>(sql`
    SELECT key FROM tapekeeper.job WHERE after_job_id = ${id} AND deleted_at IS NULL AND id <> ${id}
    UNION
    SELECT key FROM tapekeeper.job WHERE type = 'workflow' AND deleted_at IS NULL AND id <> ${id}
      AND definition @> ${JSON.stringify({ params: { nodes: [{ jobId: id }] } })}::jsonb
    ORDER BY key`);
  return users.map((user) => user.key);
}

/** Jobs that others lead to or that lead to others are few, and looked for only when one of them changes. */
async function linksOfAll(tx: Transaction): Promise<readonly JobLink[]> {
  return tx.rows<JobLink>(sql`
    SELECT id, key, after_job_id AS after,
      CASE WHEN type = 'workflow' THEN jsonb_path_query_array(definition, '$.params.nodes[*].jobId') ELSE '[]' END AS nodes
    FROM tapekeeper.job AS j
    WHERE deleted_at IS NULL AND (after_job_id IS NOT NULL OR type = 'workflow' OR EXISTS (
      SELECT 1 FROM tapekeeper.job AS f WHERE f.after_job_id = j.id AND f.deleted_at IS NULL))`);
}
