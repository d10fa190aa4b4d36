import { AppError, RUN_MACHINE } from '@tapekeeper/core';
import type { RunId } from '../../ports/runStore.ts';
import { sql, type Database, type Transaction } from '../connection.ts';
import { emitRunEvent } from '../eventsOfRuns.ts';
import { lockRun } from '../runLock.ts';

/** What is kept of a run apart from its shards, which go with it. */
const DETAILS = ['item', 'attempt', 'symbol_outcome', 'step', 'run_attempt', 'run_log'] as const;

/**
 * Takes a terminal run out of the history, with all its details; the rows that it collected stay, and so do
 * runs that it made or that resumed it. Raises `unknown_run`, or `run_open` while it is, or one that it made, or the one
 * that made it: that would take it for never begun.
 */
export async function deleteRun(db: Database, id: RunId): Promise<void> {
  await db.transaction(async (tx) => {
    const run = await lockRun(tx, id);
    if (run === undefined) throw new AppError('unknown_run', { run: id });
    const open = await tx.rows<{ id: RunId }>(sql`
      SELECT id FROM tapekeeper.run WHERE parent_run_id = ${id} AND state IN ('pending', 'running', 'paused') LIMIT 1`);
    if (!RUN_MACHINE.terminal.includes(run.state))
      throw new AppError('run_open', { run: id, state: run.state });
    if (open[0] !== undefined) throw new AppError('run_open', { run: open[0].id, state: 'running' });
    const parent = await openParent(tx, id);
    if (parent !== undefined) throw new AppError('run_open', { run: parent, state: 'running' });
    // before its details go, which count too
    await tx.rows(sql`
      UPDATE tapekeeper.run_ended SET facts = tapekeeper.ended_run_facts(run_id) WHERE run_id = ${id} AND facts IS NULL`);
    for (const table of DETAILS)
      await tx.rows(sql`DELETE FROM ${sql.table(`tapekeeper.${table}`)} WHERE run_id = ${id}`);
    await tx.rows(sql`UPDATE tapekeeper.run SET parent_run_id = NULL WHERE parent_run_id = ${id}`);
    await tx.rows(sql`UPDATE tapekeeper.run SET resumes_run_id = NULL WHERE resumes_run_id = ${id}`);
    await emitRunEvent(tx, id, { deleted: true });
    await tx.rows(sql`DELETE FROM tapekeeper.run WHERE id = ${id}`);
  });
}

async function openParent(tx: Transaction, id: RunId): Promise<RunId | undefined> {
  const found = await tx.maybe<{ id: RunId }>(sql`
    SELECT p.id FROM tapekeeper.run r JOIN tapekeeper.run p ON p.id = r.parent_run_id
    WHERE r.id = ${id} AND p.state IN ('pending', 'running', 'paused')`);
  return found?.id;
}
