import { once } from 'node:events';
import { DATASETS, keyColumns, type Column, type Dataset, type Instant, type Row } from '@tapekeeper/core';
import { from as copyFrom } from 'pg-copy-streams';
import { sql, type Transaction } from './connection.ts';
import { bigintCell, encodeCopy, instantCell, textCell, type ConstantCell } from './copyBinary.ts';
import type { RowWrite, RowsWritten, RunId } from '../ports/runStore.ts';
import { openCopy } from './openCopy.ts';

/** Where a row came from, written beside it. */
export interface Provenance {
  readonly runId: RunId;
  readonly knownAt: Instant;
}

const UNIQUE_VIOLATION = '23505';

/** Below this a merge costs no more than the probe for a straight copy. */
const STRAIGHT_COPY_ROWS = 200;

/**
 * Puts rows into their market table. New rows are copied straight in; where a key stands already, the
 * copy is undone and the rows are merged: equal rows stay untouched, changed ones leave a revision.
 */
export async function writeRows(
  tx: Transaction,
  write: RowWrite,
  provenance: Provenance,
): Promise<RowsWritten> {
  if (write.rows.length === 0) return { inserted: 0, updated: 0, unchanged: 0 };
  const hasDays = keyColumns(write.dataset).day !== null && DATASETS[write.dataset].key.length === 2;
  if (hasDays && write.rows.length >= STRAIGHT_COPY_ROWS && (await copyStraight(tx, write, provenance))) {
    return { inserted: write.rows.length, updated: 0, unchanged: 0 };
  }
  return merge(tx, write, provenance);
}

async function copyStraight(tx: Transaction, write: RowWrite, provenance: Provenance): Promise<boolean> {
  if (await someRowStands(tx, write)) return false;
  await tx.rows(sql`SAVEPOINT straight`);
  try {
    await copyRows(tx, `market.${write.dataset}`, write, provenance);
    await tx.rows(sql`RELEASE SAVEPOINT straight`);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
    await tx.rows(sql`ROLLBACK TO SAVEPOINT straight`);
    return false;
  }
}

/** Looks at a few of the keys: enough to spare most copies that would be undone. */
async function someRowStands(tx: Transaction, write: RowWrite): Promise<boolean> {
  const dataset = DATASETS[write.dataset];
  const last = write.rows.length - 1;
  const probes = [0, last >> 2, last >> 1, last].map((index) => write.rows[index] as Row);
  const [first, second] = dataset.key as readonly [string, string];
  const found = await tx.maybe(sql`
    SELECT 1 FROM ${standingRows(dataset, write.rows)} AS t
    JOIN unnest(${probes.map((row) => String(row[first]))}::text[],
                ${probes.map((row) => String(row[second]))}::date[]) AS k (a, b)
      ON t.${sql.ref(first)} = k.a AND t.${sql.ref(second)} = k.b
    LIMIT 1`);
  return found !== undefined;
}

/** The rows of the target that may meet the new ones: of their days only, so that one partition is looked at, not all. */
export function standingRows(dataset: Dataset, rows: readonly Row[]): ReturnType<typeof sql> {
  const target = sql.table(`market.${dataset.id}`);
  const { day } = keyColumns(dataset.id);
  if (day === null) return target;
  let first = String(rows[0]?.[day]);
  let last = first;
  for (const row of rows) {
    const at = String(row[day]);
    if (at < first) first = at;
    if (at > last) last = at;
  }
  return sql`(SELECT * FROM ${target} WHERE ${sql.ref(day)} BETWEEN ${first} AND ${last})`;
}

/** COPY of the rows into a table with the columns of theirs: all of them or, on any error, none. */
export async function copyRows(
  tx: Transaction,
  table: string,
  write: RowWrite,
  provenance: Provenance,
): Promise<void> {
  const columns = columnsOf(DATASETS[write.dataset], write.columns);
  const constants: readonly ConstantCell[] = [
    textCell('source', write.source),
    bigintCell('run_id', provenance.runId),
    instantCell('known_at', provenance.knownAt),
  ];
  const names = [...columns, ...constants].map((column) => `"${column.name}"`).join(', ');
  const stream = openCopy(tx.client, copyFrom(`COPY ${table} (${names}) FROM STDIN BINARY`));
  stream.end(encodeCopy(columns, constants, write.rows));
  await once(stream, 'finish');
}

function columnsOf(dataset: Dataset, names: readonly string[]): readonly Column[] {
  const wanted = new Set([...dataset.key, ...names]);
  return dataset.columns.filter((column) => wanted.has(column.name));
}

async function merge(tx: Transaction, write: RowWrite, provenance: Provenance): Promise<RowsWritten> {
  await stageRows(tx, write, provenance);
  const counts = await tx.one<{ inserted: number; updated: number }>(
    mergeStatement(DATASETS[write.dataset], write),
  );
  return { ...counts, unchanged: write.rows.length - counts.inserted - counts.updated };
}

/** Puts rows beside their table, for statements of the same transaction; gives where. */
export async function stageRows(
  tx: Transaction,
  write: RowWrite,
  provenance: Provenance,
): Promise<ReturnType<typeof sql.table>> {
  const dataset = DATASETS[write.dataset];
  const incoming = sql.table(`incoming_${write.dataset}`);
  await tx.rows(sql`
    CREATE TEMP TABLE IF NOT EXISTS ${incoming}
      (LIKE ${sql.table(`market.${write.dataset}`)}) ON COMMIT DELETE ROWS`);
  for (const column of dataset.columns) {
    if (column.nullable || dataset.key.includes(column.name)) continue;
    // Only the target's own constraint may refuse a row.
    if (!write.columns.includes(column.name)) {
      await tx.rows(sql`ALTER TABLE ${incoming} ALTER ${sql.ref(column.name)} DROP NOT NULL`);
    }
  }
  await tx.rows(sql`DELETE FROM ${incoming}`);
  await copyRows(tx, `incoming_${write.dataset}`, write, provenance);
  return incoming;
}

/** One statement: revisions of what changes, then the upsert that touches only rows that differ. */
function mergeStatement(
  dataset: Dataset,
  write: RowWrite,
): ReturnType<typeof sql<{ inserted: number; updated: number }>> {
  const target = sql.table(`market.${dataset.id}`);
  const incoming = sql.table(`incoming_${dataset.id}`);
  const key = dataset.key.map((name) => sql.ref(name));
  const values = columnsOf(dataset, write.columns).filter((column) => !dataset.key.includes(column.name));
  const names = [...dataset.key, ...values.map((column) => column.name), 'source', 'run_id', 'known_at'];
  const next = (column: Column) =>
    write.mode === 'fill'
      ? sql`coalesce(t.${sql.ref(column.name)}, n.${sql.ref(column.name)})`
      : sql`n.${sql.ref(column.name)}`;
  const differs = sql`(${sql.join(values.map((column) => sql`t.${sql.ref(column.name)}`))})
    IS DISTINCT FROM (${sql.join(values.map(next))})`;
  const joined = sql`${standingRows(dataset, write.rows)} AS t JOIN ${incoming} AS n USING (${sql.join(key)})`;
  const provenance =
    write.mode === 'fill'
      ? []
      : [sql`source = EXCLUDED.source`, sql`run_id = EXCLUDED.run_id`, sql`known_at = EXCLUDED.known_at`];
  const assignments = values.map((column) =>
    write.mode === 'fill'
      ? sql`${sql.ref(column.name)} = coalesce(t.${sql.ref(column.name)}, EXCLUDED.${sql.ref(column.name)})`
      : sql`${sql.ref(column.name)} = EXCLUDED.${sql.ref(column.name)}`,
  );
  const [symbolKey, dayKey] = revisionKey(dataset);
  return sql`
    WITH kept AS (
      INSERT INTO tapekeeper.revision (dataset, symbol, day, was, source, run_id, known_from, known_until, replaced_by_run)
      SELECT ${dataset.id}, ${symbolKey}, ${dayKey}, to_jsonb(t), t.source, t.run_id, t.known_at, n.known_at, n.run_id
      FROM ${joined} WHERE ${write.mode === 'replace'} AND ${differs}
    ), merged AS (
      INSERT INTO ${target} AS t (${sql.join(names.map((name) => sql.ref(name)))})
      SELECT ${sql.join(names.map((name) => sql`n.${sql.ref(name)}`))} FROM ${incoming} AS n
      ORDER BY ${sql.join(dataset.key.map((name) => sql`n.${sql.ref(name)}`))}
      ON CONFLICT (${sql.join(key)}) DO UPDATE SET ${sql.join([...assignments, ...provenance])}
      WHERE (${sql.join(values.map((column) => sql`t.${sql.ref(column.name)}`))})
        IS DISTINCT FROM (${sql.join(
          values.map((column) =>
            write.mode === 'fill'
              ? sql`coalesce(t.${sql.ref(column.name)}, EXCLUDED.${sql.ref(column.name)})`
              : sql`EXCLUDED.${sql.ref(column.name)}`,
          ),
        )})
      RETURNING 1
    ), sums AS (
      SELECT (SELECT count(*) FROM ${incoming}) - (SELECT count(*) FROM ${joined}) AS inserted,
             (SELECT count(*) FROM merged) AS touched
    )
    SELECT inserted::int, (touched - inserted)::int AS updated FROM sums`;
}

/** Under which (symbol, day) a former value is kept: lists have no day of their own, so they go by the day of change. */
function revisionKey(dataset: Dataset): readonly [ReturnType<typeof sql>, ReturnType<typeof sql>] {
  const { owner, day } = keyColumns(dataset.id);
  return [
    sql`t.${sql.ref(owner)}`,
    day === null ? sql`(n.known_at AT TIME ZONE 'Asia/Shanghai')::date` : sql`t.${sql.ref(day)}`,
  ];
}
