import { sql, type Queries } from '../connection.ts';

/** By the database's clock: 0 when a moment is due, null where none is waited for. */
export async function msUntilDue(db: Queries): Promise<number | null> {
  const first = await db.maybe<{ ms: number }>(sql`
    SELECT greatest(0, ceil(1000 * extract(epoch FROM next_fire_at - tapekeeper.now())))::float8 AS ms
    FROM tapekeeper.job WHERE state = 'enabled' AND next_fire_at IS NOT NULL
    ORDER BY next_fire_at LIMIT 1`);
  return first?.ms ?? null;
}
