import type { DatasetId } from '@tapekeeper/core';
import { sql, type Database } from './connection.ts';

/** Rows by the planner's statistics, partitions summed: flat in cost, and a few per cent off at most. */
export async function estimatedRows(db: Database, dataset: DatasetId): Promise<number> {
  const { rows } = await db.one<{ rows: number }>(sql`
    SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint AS rows
    FROM pg_partition_tree(${`market.${dataset}`}::regclass) AS p JOIN pg_class c ON c.oid = p.relid AND c.relkind = 'r'`);
  return rows;
}

export async function databaseBytes(db: Database): Promise<number> {
  const { bytes } = await db.one<{ bytes: number }>(
    sql`SELECT pg_database_size(current_database()) AS bytes`,
  );
  return bytes;
}
