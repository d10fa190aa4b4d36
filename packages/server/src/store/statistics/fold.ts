import { errorGroups, rollUp, type EndedRun, type Rollup } from '@tapekeeper/core';
import { sql, type Database, type Transaction } from '../connection.ts';
import { eachDuration, eachMeasure } from './columns.ts';
import { addErrorGroups } from './errorGroups.ts';
import { packed } from './packed.ts';

/** Held by the one process that adds up. */
const FOLD_LOCK = 7206_110;

/**
 * Takes ended runs from where their ends have put them and adds them to the sums, in one transaction: whatever
 * ends this process, each is in the sums or still waits. One that is being removed at the moment is left for the
 * next time; one that wants to be removed meanwhile waits until this has been committed.
 */
export async function foldEndedRuns(
  db: Database,
  limit: number,
  mask: (text: string) => string,
): Promise<number> {
  return db.transaction(async (tx) => {
    const { locked } = await tx.one<{ locked: boolean }>(
      sql`SELECT pg_try_advisory_xact_lock(${FOLD_LOCK}) AS locked`,
    );
    if (!locked) return 0;
    const taken = await tx.rows<{ id: number; facts: EndedRun | null }>(sql`
      SELECT run_id AS id, facts FROM tapekeeper.run_ended ORDER BY run_id LIMIT ${limit} FOR UPDATE SKIP LOCKED`);
    if (taken.length === 0) return 0;
    const runs = await factsOf(tx, taken);
    await addRollups(tx, rollUp(runs));
    await addErrorGroups(tx, errorGroups(runs, mask));
    await tx.rows(sql`
      DELETE FROM tapekeeper.run_ended WHERE run_id = ANY (${taken.map(({ id }) => id)}::bigint[])`);
    return taken.length;
  });
}

/** Those of removed runs are at hand; the others are read after the locks are held, so that they cannot vanish. */
async function factsOf(
  tx: Transaction,
  taken: readonly { readonly id: number; readonly facts: EndedRun | null }[],
): Promise<readonly EndedRun[]> {
  const kept = taken.flatMap(({ facts }) => facts ?? []);
  const ids = taken.filter(({ facts }) => facts === null).map(({ id }) => id);
  if (ids.length === 0) return kept;
  const read = await tx.rows<{ facts: EndedRun | null }>(sql`
    SELECT tapekeeper.ended_run_facts(id) AS facts FROM unnest(${ids}::bigint[]) AS id`);
  return [...kept, ...read.flatMap(({ facts }) => facts ?? [])];
}

async function addRollups(tx: Transaction, rollups: readonly Rollup[]): Promise<void> {
  const rows = rollups.map(({ waiting, running, retryWait, ...rest }) => ({
    ...rest,
    waiting: packed(waiting),
    running: packed(running),
    retryWait: packed(retryWait),
  }));
  await tx.rows(sql`
    INSERT INTO tapekeeper.run_rollup AS kept (scope, subject, grain, starts_at,
      ${eachMeasure((column) => column)}, ${eachDuration((column) => column)})
    SELECT scope, subject, grain, to_timestamp("startsAt" / 1000),
      ${eachMeasure((_, name) => sql.id(name))}, ${eachDuration((_, name) => sql.id(name))}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS new (scope text, subject text, grain text,
      "startsAt" float8, ${eachMeasure((_, name) => sql`${sql.id(name)} bigint`)},
      ${eachDuration((_, name) => sql`${sql.id(name)} bigint[]`)})
    ON CONFLICT (scope, subject, grain, starts_at) DO UPDATE SET
      ${eachMeasure((column) => sql`${column} = kept.${column} + EXCLUDED.${column}`)},
      ${eachDuration((column) => sql`${column} = tapekeeper.add_buckets(kept.${column}, EXCLUDED.${column})`)}`);
}
