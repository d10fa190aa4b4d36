import type { Instant } from '@tapekeeper/core';
import { sql, type Database } from './connection.ts';
import { recordGains } from './coverageGains.ts';
import { writeRows } from './marketRows.ts';
import type { HeldRow, QuarantineReplay } from '../ports/runStore.ts';

export async function heldRows(
  db: Database,
  rules: readonly string[],
  after: number,
  limit: number,
): Promise<readonly HeldRow[]> {
  // the first of each rule, then the first of these; as a range, so that only the index on rules has the order
  return db.rows(sql`
    SELECT held.* FROM unnest(${[...rules]}::text[]) AS wanted (rule)
    CROSS JOIN LATERAL (
      SELECT id, dataset, source, run_id AS "runId", row FROM tapekeeper.quarantine AS q
      WHERE q.state = 'held' AND q.rule >= wanted.rule COLLATE "C" AND q.rule <= wanted.rule COLLATE "C" AND id > ${after}
      ORDER BY rule, id LIMIT ${limit}
    ) AS held
    ORDER BY id LIMIT ${limit}`);
}

/** Lets rows out of quarantine: table, coverage and mark in one transaction, each row once. */
export async function replayHeldRows(db: Database, replay: QuarantineReplay): Promise<void> {
  await db.transaction(async (tx) => {
    const marked = await tx.rows(sql`
      UPDATE tapekeeper.quarantine SET state = 'replayed' WHERE id = ANY(${[...replay.ids]}::bigint[]) AND state = 'held' RETURNING id`);
    if (marked.length < replay.ids.length) return;
    const { now } = await tx.one<{ now: Instant }>(sql`SELECT tapekeeper.now() AS now`);
    await writeRows(tx, replay.write, { runId: replay.runId, knownAt: now });
    await recordGains(tx, replay.runId, replay.gains);
  });
}
