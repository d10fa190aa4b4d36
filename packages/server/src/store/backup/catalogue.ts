import { AppError } from '@tapekeeper/core';
import { sql, type Queries } from '../connection.ts';
import type { Column, Partition, SequenceValue, TableBegin } from './format.ts';

/** Schemas that a backup holds. The queue's is not: its jobs are made again from our tables. */
export const BACKUP_SCHEMAS = ['tapekeeper', 'market'] as const;

/** Tables whose rows come with the migrations: every database of the same schema has the same. */
export const SEEDED: readonly string[] = ['tapekeeper.migration', 'tapekeeper.state_step'];

/**
 * The tables of the schemas that hold data, without the left out ones (`schema.name`): partitions belong to their
 * parent, and a table comes after those that it refers to. Throws `internal` when a table that is in
 * refers to one that is left out, since what it says could not be restored.
 */
export async function listTables(db: Queries, leftOut: readonly string[]): Promise<readonly TableBegin[]> {
  const tables = await db.rows(sql<{ schema: string; name: string; columns: Column[] }>`
    SELECT n.nspname AS schema, c.relname AS name,
      json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
        AS columns
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    WHERE n.nspname = ANY (${BACKUP_SCHEMAS}) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relpersistence = 'p' AND n.nspname || '.' || c.relname <> ALL (${[...SEEDED, ...leftOut]})
    GROUP BY n.nspname, c.relname
    ORDER BY n.nspname, c.relname`);
  const partitions = await listPartitions(db);
  const listed = tables.map((table) => ({ ...table, partitions: partitions.get(keyOf(table)) ?? [] }));
  return inOrderOfReference(listed, await listReferences(db), new Set(leftOut));
}

/** Values of the sequences, identities included. Read after the tables, so that none lags behind a row. */
export async function listSequences(db: Queries): Promise<readonly SequenceValue[]> {
  const names = await db.rows(sql<{ schema: string; name: string }>`
    SELECT n.nspname AS schema, c.relname AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (${BACKUP_SCHEMAS}) AND c.relkind = 'S'
    ORDER BY n.nspname, c.relname`);
  const values: SequenceValue[] = [];
  for (const { schema, name } of names) {
    const value = await db.one(sql<Pick<SequenceValue, 'lastValue' | 'isCalled'>>`
      SELECT last_value::text AS "lastValue", is_called AS "isCalled" FROM ${sql.id(schema, name)}`);
    values.push({ schema, name, ...value });
  }
  return values;
}

/** `schema.name`. */
export function keyOf(table: { readonly schema: string; readonly name: string }): string {
  return `${table.schema}.${table.name}`;
}

async function listPartitions(db: Queries): Promise<ReadonlyMap<string, readonly Partition[]>> {
  const rows = await db.rows(sql<Partition & { root: string }>`
    SELECT rn.nspname || '.' || root.relname AS root, n.nspname AS schema, c.relname AS name,
      pn.nspname AS "parentSchema", p.relname AS "parentName",
      pg_get_expr(c.relpartbound, c.oid) AS bound, pg_get_partkeydef(c.oid) AS "partitionedBy"
    FROM pg_class root
    JOIN pg_namespace rn ON rn.oid = root.relnamespace
    CROSS JOIN LATERAL pg_partition_tree(root.oid) AS part
    JOIN pg_class c ON c.oid = part.relid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_class p ON p.oid = part.parentrelid
    JOIN pg_namespace pn ON pn.oid = p.relnamespace
    WHERE rn.nspname = ANY (${BACKUP_SCHEMAS}) AND root.relkind = 'p' AND NOT root.relispartition AND part.level > 0
    ORDER BY part.level, n.nspname, c.relname`);
  const found = new Map<string, Partition[]>();
  for (const { root, ...partition } of rows) found.set(root, [...(found.get(root) ?? []), partition]);
  return found;
}

async function listReferences(db: Queries): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db.rows(sql<{ from: string; to: string[] }>`
    SELECT fn.nspname || '.' || f.relname AS from, array_agg(DISTINCT tn.nspname || '.' || t.relname) AS to
    FROM pg_constraint k
    JOIN pg_class f ON f.oid = k.conrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
    JOIN pg_class t ON t.oid = k.confrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace
    WHERE k.contype = 'f' AND NOT f.relispartition AND NOT t.relispartition AND f.oid <> t.oid
    GROUP BY 1`);
  return new Map(rows.map(({ from, to }) => [from, to]));
}

function inOrderOfReference(
  tables: readonly TableBegin[],
  references: ReadonlyMap<string, readonly string[]>,
  leftOut: ReadonlySet<string>,
): readonly TableBegin[] {
  const byKey = new Map(tables.map((table) => [keyOf(table), table]));
  const ordered = new Set<TableBegin>();
  const visit = (table: TableBegin, path: ReadonlySet<string>): void => {
    const key = keyOf(table);
    if (ordered.has(table) || path.has(key)) return;
    for (const target of references.get(key) ?? []) {
      if (leftOut.has(target)) {
        throw new AppError('internal', {
          message: `${target} cannot be left out of a backup: ${key} refers to it`,
        });
      }
      const next = byKey.get(target);
      if (next) visit(next, new Set([...path, key]));
    }
    ordered.add(table);
  };
  for (const table of tables) visit(table, new Set());
  return [...ordered];
}
