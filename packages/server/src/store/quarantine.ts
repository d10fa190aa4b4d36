import type { Instant } from '@tapekeeper/core';
import { sql, type Database } from './connection.ts';
import { recordGains } from './coverageGains.ts';
import { writeRows } from './marketRows.ts';
import type { HeldRow, QuarantineReplay } from '../ports/runStore.ts';

export async function heldRows(db: Database, rules: readonly string[], after: number, limit: number): Promise<readonly HeldRow[]> {
  return db.rows(sql`
    SELECT id, dataset, source, run_id AS "runId", row FROM tapekeeper.quarantine
    WHERE state = 'held' AND rule = ANY(${[...rules]}::text[]) AND id > ${after} ORDER BY id LIMIT ${limit}`);
}

/** Lets rows out of quarantine: table, coverage and mark in one transaction, each row once. */
export async function replayHeldRows(db: Database, replay: QuarantineReplay): Promise<void> {
  await db.transaction(async (tx) => {
    const marked = await tx.rows(sql`
      UPDATE tapekeeper.quarantine SET state = 'replayed' WHERE id = ANY(${[...replay.ids]}::bigint[]) AND state = 'held' RETURNING id`);
    if (marked.length < replay.ids.length) return;
    const { now } = await tx.one<{ now: Instant }>(sql`SELECT clock_timestamp() AS now`);
    await writeRows(tx, replay.write, { runId: replay.runId, knownAt: now });
    await recordGains(tx, replay.runId, replay.gains);
  });
}
