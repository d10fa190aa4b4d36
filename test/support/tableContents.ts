import { sql, type Database } from '../../packages/server/src/store/connection.ts';

/**
 * Every row of every table of the product and of its queue, by table: what two moments have to agree in
 * when nothing may have been written between them. Columns that may differ all the same can be left out.
 */
export async function tableContents(
  db: Database,
  without: readonly string[] = [],
): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables = await db.rows<{ schema: string; name: string }>(sql`
    SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('tapekeeper', 'market', 'graphile_worker') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    ORDER BY 1, 2`);
  const contents: Record<string, readonly string[]> = {};
  for (const { schema, name } of tables) {
    const rows = await db.rows<{ text: string }>(sql`
      SELECT (to_jsonb(t) - ${[...without]}::text[])::text AS text FROM ${sql.table(`${schema}.${name}`)} AS t`);
    contents[`${schema}.${name}`] = rows.map((row) => row.text).toSorted();
  }
  return contents;
}
