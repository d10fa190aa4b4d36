import type { Instant, JobState } from '@tapekeeper/core';
import { sql, type Database, type RawBuilder } from '../connection.ts';
import type { JobChange, JobFilter, JobId, JobVersion, JobView } from '../../ports/jobStore.ts';
import { JOB_COLUMNS, jobOf, type JobRow } from './jobRow.ts';

interface JobViewRow extends JobRow {
  readonly openRuns: number;
  readonly lastRun: JobView['lastRun'];
}

/** What jobs are ordered by; each tells any two of them apart. */
const ORDERS = {
  number: sql`j.id`,
  key: sql`j.key`,
  next: sql`coalesce(j.next_fire_at, 'infinity'), j.id`,
} as const;

/** Jobs of a condition with their last run, by index. */
const viewQuery = (
  where: RawBuilder<unknown>,
  order = ORDERS.number,
): RawBuilder<JobViewRow> => sql<JobViewRow>`
  SELECT ${JOB_COLUMNS}, open.runs AS "openRuns", last.run AS "lastRun"
  FROM (${where}) AS j
  CROSS JOIN LATERAL (
    SELECT count(*) AS runs FROM tapekeeper.run
    WHERE job_id = j.id AND state IN ('pending', 'running', 'paused')) AS open
  LEFT JOIN LATERAL (
    SELECT json_build_object('id', id, 'state', state, 'createdAt', ${ms(sql`created_at`)},
      'startedAt', ${ms(sql`started_at`)}, 'finishedAt', ${ms(sql`finished_at`)}) AS run
    FROM tapekeeper.run WHERE job_id = j.id ORDER BY id DESC LIMIT 1) AS last ON true
  ORDER BY ${order}`;

export async function job(db: Database, id: JobId): Promise<JobView | undefined> {
  const row = await db.maybe(
    viewQuery(sql`SELECT * FROM tapekeeper.job WHERE id = ${id} AND deleted_at IS NULL`),
  );
  return row && jobOf(row);
}

export async function jobByKey(db: Database, key: string): Promise<JobView | undefined> {
  const row = await db.maybe(
    viewQuery(sql`SELECT * FROM tapekeeper.job WHERE key = ${key} AND deleted_at IS NULL`),
  );
  return row && jobOf(row);
}

export async function jobs(db: Database, filter: JobFilter): Promise<readonly JobView[]> {
  const { states, types, triggers, tag, text, sort = 'number', after, limit } = filter;
  const order = ORDERS[sort];
  const wanted = [
    sql`deleted_at IS NULL`,
    ...(after === null ? [] : [behind(sort, after)]),
    ...(states === null ? [] : [sql`state = ANY(${[...states]}::text[])`]),
    ...(types === null ? [] : [sql`type = ANY(${[...types]}::text[])`]),
    ...(triggers === null ? [] : [sql`trigger_kind = ANY(${[...triggers]}::text[])`]),
    ...(tag === null ? [] : [sql`definition->'tags' @> ${JSON.stringify([tag])}::jsonb`]),
    ...(text === null
      ? []
      : [sql`(strpos(key, lower(${text})) > 0 OR strpos(lower(name), lower(${text})) > 0)`]),
  ];
  const rows = await db.rows(
    viewQuery(
      sql`
      SELECT * FROM tapekeeper.job AS j WHERE ${sql.join(wanted, sql` AND `)} ORDER BY ${order} LIMIT ${limit}`,
      order,
    ),
  );
  return rows.map(jobOf);
}

/** Jobs behind that with a number, in an order: of the job itself nothing but its number need be known. */
function behind(sort: keyof typeof ORDERS, after: JobId): RawBuilder<unknown> {
  if (sort === 'number') return sql`j.id > ${after}`;
  return sql`(${ORDERS[sort]}) > (SELECT ${ORDERS[sort]} FROM tapekeeper.job AS j WHERE j.id = ${after})`;
}

export async function jobCounts(db: Database): Promise<Readonly<Record<JobState, number>>> {
  const rows = await db.rows<{ state: JobState; jobs: number }>(sql`
    SELECT state, count(*) AS jobs FROM tapekeeper.job WHERE deleted_at IS NULL GROUP BY state`);
  const countOf = (state: JobState): number => rows.find((row) => row.state === state)?.jobs ?? 0;
  return { enabled: countOf('enabled'), paused: countOf('paused'), disabled: countOf('disabled') };
}

export async function jobVersions(
  db: Database,
  id: JobId,
  { before, limit }: { readonly before: number | null; readonly limit: number } = {
    before: null,
    limit: 100,
  },
): Promise<readonly JobVersion[]> {
  return db.rows<JobVersion>(sql`
    SELECT version, definition, author, created_at AS "createdAt" FROM tapekeeper.job_version
    WHERE job_id = ${id} AND (${before}::bigint IS NULL OR version < ${before}::bigint)
    ORDER BY version DESC LIMIT ${limit}`);
}

export async function jobChanges(
  db: Database,
  id: JobId,
  before: number | null,
  limit: number,
): Promise<readonly JobChange[]> {
  return db.rows<JobChange>(sql`
    SELECT ${CHANGE_COLUMNS} FROM tapekeeper.job_change AS c
    WHERE job_id = ${id} AND (${before}::bigint IS NULL OR (at, id) < (
      SELECT at, id FROM tapekeeper.job_change WHERE id = ${before}::bigint))
    ORDER BY at DESC, id DESC LIMIT ${limit}`);
}

export async function jobChangeAt(db: Database, id: JobId, at: Instant): Promise<JobChange | undefined> {
  return db.maybe<JobChange>(sql`
    SELECT ${CHANGE_COLUMNS} FROM tapekeeper.job_change AS c
    WHERE job_id = ${id} AND at < to_timestamp((${at}::float8 + 1) / 1000) ORDER BY at DESC, id DESC LIMIT 1`);
}

export async function everUsedKeys(db: Database, keys: readonly string[]): Promise<readonly string[]> {
  const rows = await db.rows<{ key: string }>(sql`
    SELECT DISTINCT key FROM tapekeeper.job WHERE key = ANY(${[...keys]}::text[]) ORDER BY key`);
  return rows.map((row) => row.key);
}

const CHANGE_COLUMNS = sql`c.id, c.at, c.action, c.state, c.version, c.author, c.detail`;

/** Epoch milliseconds within a JSON value, where the driver reads no times. */
function ms(column: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`floor(extract(epoch FROM ${column}) * 1000)::bigint`;
}
