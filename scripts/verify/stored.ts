import { sql, type Database } from '../../packages/server/src/store/connection.ts';

export type StoredRow = Readonly<Record<string, number | string | boolean | null>>;

/** All rows of one symbol in a market table, by day. */
export async function storedRows(
  db: Database,
  table: string,
  symbol: string,
): Promise<Map<string, StoredRow>> {
  const rows = await db.rows<StoredRow>(
    sql`SELECT * FROM ${sql.table(`market.${table}`)} WHERE symbol = ${symbol}`,
  );
  return new Map(rows.map((row) => [String(row['trade_date']), row]));
}

export async function count(db: Database, query: ReturnType<typeof sql<{ count: number }>>): Promise<number> {
  return (await db.one(query)).count;
}
