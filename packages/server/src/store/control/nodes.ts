import { AppError } from '@tapekeeper/core';
import type { NodeRun, RunControlStore } from '../../ports/runControlStore.ts';
import type { RunId, ShardClaim } from '../../ports/runStore.ts';
import { sql, type Database, type Transaction } from '../connection.ts';
import { addDispatch } from '../dispatch.ts';
import { emitRunEvent } from '../eventsOfRuns.ts';
import { lockHeldRun } from '../runLock.ts';
import { lockPlaces, passOver, startNodes } from './startNodes.ts';

type Step = Parameters<RunControlStore['advanceWorkflow']>[1];

export function createNodeStore(db: Database): Pick<RunControlStore, 'nodeRuns' | 'advanceWorkflow'> {
  return {
    nodeRuns: (id) => nodeRuns(db, id),
    advanceWorkflow: (claim, step) => advanceWorkflow(db, claim, step),
  };
}

export async function nodeRuns(db: Database, id: RunId): Promise<readonly NodeRun[]> {
  return db.rows(sql`
    SELECT node, id AS "runId", state, reason, error FROM tapekeeper.run
    WHERE parent_run_id = ${id} AND node IS NOT NULL ORDER BY id`);
}

/**
 * One step of a workflow and its sleep until a child ends, in one transaction. A workflow that is told to
 * stop or pause starts nothing any more: `interrupted`.
 */
export async function advanceWorkflow(db: Database, claim: ShardClaim, step: Step): Promise<void> {
  await db.transaction(async (tx) => {
    // whoever has a run locked waits for no job and no group, so these come first
    const places = await lockPlaces(tx, step.start);
    const run = await lockHeldRun(tx, claim);
    if (run.stop !== null || run.pausing) throw new AppError('interrupted');
    const there = await tx.rows<{ node: string }>(sql`
      SELECT node FROM tapekeeper.run WHERE parent_run_id = ${claim.runId} AND node IS NOT NULL`);
    const isNew = ({ node }: { readonly node: string }): boolean => !there.some((run) => run.node === node);
    const skip = step.skip.filter(isNew);
    const start = step.start.filter(isNew);
    await passOver(tx, claim.runId, skip);
    await startNodes(tx, claim.runId, start, places);
    await emitRunEvent(tx, claim.runId, {
      started: start.map(({ node }) => node),
      passedOver: skip.map(({ node }) => node),
    });
    await tx.rows(sql`
      UPDATE tapekeeper.shard SET waits_for_runs = true, worker_id = NULL, fence = fence + 1
      WHERE run_id = ${claim.runId} AND no = ${claim.shardNo}`);
    if (await moreHasEnded(tx, claim.runId, step.seenEnded)) await wake(tx, claim);
  });
}

/**
 * Whether children have ended that the step knew nothing of, those born ended among them. A child that
 * ends at this moment may have looked before the workflow slept: it has its row locked, and counts as
 * ended. All others are locked here until the sleep is committed, so that their end finds it.
 */
async function moreHasEnded(tx: Transaction, id: RunId, seenEnded: number): Promise<boolean> {
  const { open } = await tx.one<{ open: number }>(sql`
    SELECT count(*)::int AS open FROM (
      SELECT id FROM tapekeeper.run
      WHERE parent_run_id = ${id} AND node IS NOT NULL AND state IN ('pending', 'running', 'paused')
      FOR NO KEY UPDATE SKIP LOCKED) AS sleeping`);
  const { all } = await tx.one<{ all: number }>(sql`
    SELECT count(*)::int AS all FROM tapekeeper.run WHERE parent_run_id = ${id} AND node IS NOT NULL`);
  return all - open > seenEnded;
}

async function wake(tx: Transaction, claim: ShardClaim): Promise<void> {
  const { dispatch } = await tx.one<{ dispatch: number }>(sql`
    UPDATE tapekeeper.shard SET waits_for_runs = false, dispatch = dispatch + 1, updated_at = tapekeeper.now()
    WHERE run_id = ${claim.runId} AND no = ${claim.shardNo} RETURNING dispatch`);
  await addDispatch(tx, { runId: claim.runId, shardNo: claim.shardNo, dispatch, delayMs: 0 });
}
