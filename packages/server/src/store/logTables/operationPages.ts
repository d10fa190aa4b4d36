import type { OperationFilter } from '../../ports/operationStore.ts';
import { sql, type Database, type RawBuilder } from '../connection.ts';
import { conditionOf, scopeOf } from '../operationScope.ts';

type Conditions = Omit<OperationFilter, 'before' | 'limit'>;

/** From name to name along the index: as many looks as there are names, however long the log is. */
export async function operationActions(db: Database): Promise<readonly string[]> {
  const found = await db.rows<{ action: string }>(sql`
    WITH RECURSIVE named (action) AS (
      (SELECT action FROM tapekeeper.operation ORDER BY action LIMIT 1)
      UNION ALL
      SELECT (SELECT o.action FROM tapekeeper.operation o WHERE o.action > named.action ORDER BY o.action LIMIT 1)
      FROM named WHERE named.action IS NOT NULL)
    SELECT action FROM named WHERE action IS NOT NULL`);
  return found.map(({ action }) => action);
}

/** All of them are counted up to this. */
const MOST_COUNTED = 5_000_000;

/** In the order of the numbers, so that where there is no condition the index on them is all that is read. */
export async function countOperations(db: Database, filter: Conditions, most: number): Promise<number> {
  const { count } = await db.one<{ count: number }>(sql`
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM tapekeeper.operation WHERE ${await within(db, filter, most)}
      ORDER BY id DESC LIMIT ${MOST_COUNTED}) AS counted`);
  return count;
}

export async function operationAt(
  db: Database,
  filter: Conditions,
  skip: number,
  most: number,
): Promise<number | null> {
  const found = await db.maybe<{ id: number }>(sql`
    SELECT id FROM tapekeeper.operation WHERE ${await within(db, filter, most)} ORDER BY id DESC OFFSET ${skip} LIMIT 1`);
  return found?.id ?? null;
}

/** All lines are counted by their numbers alone; a condition is looked for among the newest of a stretch. */
async function within(db: Database, filter: Conditions, most: number): Promise<RawBuilder<unknown>> {
  const whole = await scopeOf(db, { ...filter, before: null });
  const isAll = Object.values(filter).every((condition) => condition === null);
  const lowest = isAll ? whole.lowest : Math.max(whole.lowest, whole.highest - most + 1);
  return conditionOf({ ...whole, lowest }, filter);
}
