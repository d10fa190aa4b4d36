import { DATASETS, keyColumns, type DatasetId } from '@tapekeeper/core';
import type { RevisionEntry, RevisionFilter } from '../ports/qualityStore.ts';
import { sql, type Database, type RawBuilder } from './connection.ts';

/** Newest correction first; the cursor is the id of a correction, since several may be made at one time. */
export async function revisions(db: Database, filter: RevisionFilter): Promise<readonly RevisionEntry[]> {
  const { dataset, symbol, day, since, until, before, limit } = filter;
  const conditions = [
    sql`r.dataset = ${dataset}`,
    ...(symbol === null ? [] : [sql`r.symbol = ${symbol}`]),
    ...(day === null ? [] : [sql`r.day = ${day}`]),
    ...(since === null ? [] : [sql`r.known_until >= to_timestamp(${since / 1000}::float8)`]),
    ...(until === null ? [] : [sql`r.known_until < to_timestamp(${until / 1000}::float8)`]),
    ...(before === null
      ? []
      : [
          sql`(r.known_until, r.id) < ((SELECT known_until FROM tapekeeper.revision WHERE id = ${before}), ${before}::bigint)`,
        ]),
  ];
  return db.rows(sql`
    SELECT page.*, to_jsonb(t) AS now FROM (
      SELECT id, symbol, day, was, source, run_id AS "runId", replaced_by_run AS "replacedByRunId",
        known_from AS "knownFrom", known_until AS "knownUntil"
      FROM tapekeeper.revision r WHERE ${sql.join(conditions, sql` AND `)}
      ORDER BY known_until DESC, id DESC LIMIT ${limit}
    ) AS page
    LEFT JOIN LATERAL (SELECT * FROM ${sql.table(`market.${dataset}`)} AS m WHERE ${sameKey(dataset)}) AS t ON true
    ORDER BY page."knownUntil" DESC, page.id DESC`);
}

const TYPES = {
  text: 'text',
  day: 'date',
  instant: 'timestamptz',
  double: 'float8',
  bigint: 'int8',
  boolean: 'boolean',
  json: 'jsonb',
} as const;

/** The row of today by the natural key of the former one; owner and day stand beside it. */
function sameKey(dataset: DatasetId): RawBuilder<unknown> {
  const { owner, day } = keyColumns(dataset);
  const { key, columns } = DATASETS[dataset];
  const parts = key.map((name) => {
    if (name === owner) return sql`m.${sql.ref(name)} = page.symbol`;
    if (name === day) return sql`m.${sql.ref(name)} = page.day`;
    const type = columns.find((column) => column.name === name)?.type ?? 'text';
    return sql`m.${sql.ref(name)} = (page.was ->> ${sql.lit(name)})::${sql.raw(TYPES[type])}`;
  });
  return sql.join(parts, sql` AND `);
}
