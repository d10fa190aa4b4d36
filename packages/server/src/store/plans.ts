import { sql, type Database, type Transaction } from './connection.ts';
import { addDispatch } from './dispatch.ts';
import { lockHeldRun } from './runLock.ts';
import { closeHeldShard } from './shards.ts';
import type { NewItem, NewPlan, ShardClaim } from '../ports/runStore.ts';

/**
 * Writes the items of a plan, opens its fetch shards and closes the planning shard, in one
 * transaction: either the whole plan stands or the run plans again.
 */
export async function savePlan(db: Database, claim: ShardClaim, plan: NewPlan): Promise<void> {
  await db.transaction(async (tx) => {
    const run = await lockHeldRun(tx, claim);
    const { item: firstItem, shard: firstShard } = await tx.one<{ item: number; shard: number }>(sql`
      SELECT (SELECT coalesce(max(no), 0) + 1 FROM tapekeeper.item WHERE run_id = ${claim.runId}) AS item,
             (SELECT max(no) + 1 FROM tapekeeper.shard WHERE run_id = ${claim.runId}) AS shard`);
    await tx.rows(sql`
      UPDATE tapekeeper.run SET plan = coalesce(plan, ${JSON.stringify(plan.summary)}::jsonb),
        open_shards = open_shards + ${plan.shards.length + (plan.nextRound === null ? 0 : 1)}
      WHERE id = ${claim.runId}`);
    let itemNo = firstItem;
    for (const [offset, shard] of plan.shards.entries()) {
      const shardNo = firstShard + offset;
      await tx.rows(sql`
        INSERT INTO tapekeeper.shard (run_id, no, kind, round, source, items_total, symbols_total)
        VALUES (${claim.runId}, ${shardNo}, 'fetch', ${claim.round}, ${shard.source}, ${shard.items.length}, ${shard.symbolsTotal})`);
      await insertItems(tx, claim.runId, shardNo, itemNo, shard.items);
      itemNo += shard.items.length;
      await addDispatch(tx, { runId: claim.runId, shardNo, dispatch: 1, delayMs: 0 });
    }
    if (plan.nextRound !== null) {
      await tx.rows(sql`
        INSERT INTO tapekeeper.shard (run_id, no, kind, round, waits_for_shards)
        VALUES (${claim.runId}, ${firstShard + plan.shards.length}, 'plan', ${plan.nextRound}, true)`);
    }
    await tx.rows(sql`
      UPDATE tapekeeper.shard SET cells_left = ${plan.cellsLeft} WHERE run_id = ${claim.runId} AND no = ${claim.shardNo}`);
    await closeHeldShard(tx, run, claim);
  });
}

async function insertItems(
  tx: Transaction,
  runId: number,
  shardNo: number,
  firstNo: number,
  items: readonly NewItem[],
): Promise<void> {
  if (items.length === 0) return;
  await tx.rows(sql`
    INSERT INTO tapekeeper.item (run_id, no, shard_no, source, shape, from_day, to_day, instrument_id, members)
    SELECT ${runId}, ${firstNo} + place - 1, ${shardNo}, source, shape, from_day, to_day, instrument_id, members
    FROM unnest(
      ${items.map((item) => item.source)}::text[], ${items.map((item) => item.shape)}::text[],
      ${items.map((item) => item.from)}::date[], ${items.map((item) => item.to)}::date[],
      ${items.map((item) => item.instrumentId)}::int[],
      ${items.map((item) => (item.members === null ? null : Buffer.from(item.members)))}::bytea[]
    ) WITH ORDINALITY AS new (source, shape, from_day, to_day, instrument_id, members, place)`);
}
