import { DATASETS, type Column } from '@tapekeeper/core';
import type { ImportStore, NewPortion, StandingRows } from '../ports/importStore.ts';
import type { RowWrite, ShardClaim } from '../ports/runStore.ts';
import { sql, type Database, type RawBuilder } from './connection.ts';
import { requireFence } from './fence.ts';
import { stageRows, standingRows } from './marketRows.ts';

/** The portions of files that are brought in, as items of their runs. */
export function createImportStore(db: Database): ImportStore {
  return {
    beginPortions: (claim, portions) => beginPortions(db, claim, portions),
    portionsAreDone: (claim) => portionsAreDone(db, claim),
    compareRows: (write) => compareRows(db, write),
    filesOfOpenImports: () => filesOfOpenImports(db),
  };
}

async function beginPortions(
  db: Database,
  claim: ShardClaim,
  portions: readonly NewPortion[],
): Promise<ReadonlySet<number>> {
  return db.transaction(async (tx) => {
    await requireFence(tx, claim);
    await tx.rows(sql`
      INSERT INTO tapekeeper.item (run_id, no, shard_no, source, shape, from_day, to_day, members, state, attempts)
      SELECT ${claim.runId}, no, ${claim.shardNo}, 'file', 'all', from_day, to_day, members, 'running', 1 FROM unnest(
        ${portions.map(({ no }) => no)}::int[], ${portions.map(({ from }) => from)}::date[],
        ${portions.map(({ to }) => to)}::date[], ${portions.map(({ members }) => Buffer.from(members))}::bytea[]
      ) AS new (no, from_day, to_day, members)
      ON CONFLICT (run_id, no) DO NOTHING`);
    // whoever gave the last claim up has put them back
    await tx.rows(sql`
      UPDATE tapekeeper.item SET state = 'running', attempts = attempts + 1
      WHERE run_id = ${claim.runId} AND shard_no = ${claim.shardNo} AND state = 'pending'`);
    await tx.rows(sql`
      UPDATE tapekeeper.shard SET items_total = ${portions.length},
        symbols_total = ${portions.reduce((sum, { symbols }) => sum + symbols, 0)}
      WHERE run_id = ${claim.runId} AND no = ${claim.shardNo}`);
    const done = await tx.rows<{ no: number }>(sql`
      SELECT no FROM tapekeeper.item WHERE run_id = ${claim.runId} AND state = 'done'`);
    return new Set(done.map(({ no }) => no));
  });
}

async function portionsAreDone(db: Database, claim: ShardClaim): Promise<boolean> {
  const { done } = await db.one<{ done: boolean }>(sql`
    SELECT count(*) > 0 AND bool_and(state = 'done') AS done FROM tapekeeper.item WHERE run_id = ${claim.runId}`);
  return done;
}

/** Doubles that agree in the decimals which carry meaning are the same. */
function differs(column: Column): RawBuilder<boolean> {
  const [ours, theirs] = [sql`t.${sql.ref(column.name)}`, sql`n.${sql.ref(column.name)}`];
  return column.type === 'double'
    ? sql`abs(${ours} - ${theirs}) >= ${0.5 * 10 ** -(column.decimals ?? 4)}::float8`
    : sql`${ours} <> ${theirs}`;
}

async function compareRows(db: Database, write: RowWrite): Promise<readonly StandingRows[]> {
  if (write.rows.length === 0) return [];
  const { columns, key } = DATASETS[write.dataset];
  const values = columns.filter(({ name }) => write.columns.includes(name) && !key.includes(name));
  const gains = values.map(
    ({ name }) => sql`(t.${sql.ref(name)} IS NULL AND n.${sql.ref(name)} IS NOT NULL)`,
  );
  return db.transaction(async (tx) => {
    const incoming = await stageRows(tx, write, { runId: 0, knownAt: 0 });
    return tx.rows<StandingRows>(sql`
      SELECT n.symbol, count(*) FILTER (WHERE t.symbol IS NULL)::int AS fresh,
        count(*) FILTER (WHERE t.symbol IS NOT NULL AND (${sql.join(gains, sql` OR `)}))::int AS gaining,
        count(*) FILTER (WHERE ${sql.join(values.map(differs), sql` OR `)})::int AS differing
      FROM ${incoming} AS n LEFT JOIN ${standingRows(DATASETS[write.dataset], write.rows)} AS t
        USING (${sql.join(key.map((name) => sql.ref(name)))})
      GROUP BY n.symbol`);
  });
}

async function filesOfOpenImports(db: Database): Promise<readonly string[]> {
  const runs = await db.rows<{ file: string | null }>(sql`
    SELECT wish ->> 'file' AS file FROM tapekeeper.run
    WHERE type = 'import' AND state IN ('pending', 'running', 'paused')`);
  return runs.flatMap(({ file }) => file ?? []);
}
