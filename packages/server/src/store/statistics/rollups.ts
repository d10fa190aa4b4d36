import {
  noSums,
  type Duration,
  type Grain,
  type GrainSpan,
  type Instant,
  type Scope,
  type Sums,
} from '@tapekeeper/core';
import type {
  JobName,
  RankedSums,
  Ranking,
  RankQuery,
  StatisticsState,
  SubjectSums,
  TrendPoint,
  WorkPoint,
} from '../../ports/statisticsStore.ts';
import { sql, type Database, type RawBuilder } from '../connection.ts';
import { eachDuration, eachMeasure } from './columns.ts';
import { unpacked } from './packed.ts';

/** Runs that wait to be added up are counted so far. */
const WAITING_COUNTED = 10_000;

export async function statisticsState(db: Database): Promise<StatisticsState> {
  return db.one(sql`
    SELECT tapekeeper.now() AS now,
      (SELECT count(*) FROM (SELECT 1 FROM tapekeeper.run_ended LIMIT ${WAITING_COUNTED}) AS counted)::int AS waiting`);
}

export async function sumsOf(
  db: Database,
  scope: Scope,
  subject: string,
  spans: readonly GrainSpan[],
): Promise<SubjectSums> {
  const found = await sumsBySubject(db, scope, spans, [subject]);
  return found(subject);
}

/** All subjects of the scope are put in order by the one figure; the others are read for those of the page alone. */
export async function rankSubjects(db: Database, query: RankQuery): Promise<readonly RankedSums[]> {
  const { scope, spans, by, after, limit } = query;
  const behind =
    after === null
      ? sql``
      : sql`WHERE (value, subject) < (${after.value}::float8, ${after.subject}::text COLLATE "C")`;
  const page = await db.rows<{ subject: string; value: number }>(sql`
    SELECT * FROM (
      SELECT subject, coalesce(${RANKED_BY[by]}, 0)::float8 AS value
      FROM ${rollupsOf(scope, spans)} GROUP BY subject) AS ranked
    ${behind} ORDER BY value DESC, subject DESC LIMIT ${limit}`);
  const subjects = page.map(({ subject }) => subject);
  const found = await sumsBySubject(db, scope, spans, subjects);
  return page.map(({ subject, value }) => ({ ...found(subject), value }));
}

type SumsRow = Sums & Record<Duration, string> & { readonly subject: string };

/**
 * The sums of these subjects; zeros for one that has none. The histograms of all stretches come as one text and are
 * added up here: the database would make a row of every number.
 */
async function sumsBySubject(
  db: Database,
  scope: Scope,
  spans: readonly GrainSpan[],
  subjects: readonly string[],
): Promise<(subject: string) => SubjectSums> {
  const rows = await db.rows<SumsRow>(sql`
    SELECT subject, ${eachMeasure((column, name) => sql`sum(${column})::bigint AS ${sql.id(name)}`)},
      ${eachDuration((column, name) => sql`string_agg(array_to_string(${column}, ' '), ' ') AS ${sql.id(name)}`)}
    FROM ${rollupsOf(scope, spans, sql`AND subject = ANY (${[...subjects]}::text[])`)} GROUP BY subject`);
  const found = new Map(rows.map((row) => [row.subject, row]));
  return (subject) => {
    const { subject: _, waiting, running, retryWait, ...sums } = found.get(subject) ?? NOTHING;
    return { subject, sums, durations: durationsOf({ waiting, running, retryWait }) };
  };
}

const NOTHING: SumsRow = { ...noSums(), subject: '', waiting: '', running: '', retryWait: '' };

const durationsOf = (texts: Record<Duration, string>): Record<Duration, number[]> => ({
  waiting: unpacked(texts.waiting),
  running: unpacked(texts.running),
  retryWait: unpacked(texts.retryWait),
});

const ENDED = sql`nullif(sum(success + success_with_errors + failed), 0)`;

const RANKED_BY: Readonly<Record<Ranking, RawBuilder<unknown>>> = {
  runs: sql`sum(runs)`,
  failures: sql`sum(failed + success_with_errors)`,
  failure_rate: sql`sum(failed + success_with_errors)::float8 / ${ENDED}`,
  running: sql`sum(running_ms)::float8 / nullif(sum(started), 0)`,
  waiting: sql`sum(waiting_ms)::float8 / nullif(sum(started), 0)`,
  rows: sql`sum(rows_written)`,
  calls: sql`sum(calls)`,
  bytes: sql`sum(bytes)`,
};

/**
 * The rows that make up a window. Each stretch is a part of its own with its bounds in it: of bounds that come from
 * a joined table the planner knows nothing, and may rather read all rows of the scope.
 */
function rollupsOf(
  scope: Scope,
  spans: readonly GrainSpan[],
  narrowed: RawBuilder<unknown> = sql``,
): RawBuilder<unknown> {
  const parts = spans.map(
    (span) => sql`SELECT * FROM tapekeeper.run_rollup WHERE scope = ${scope} ${narrowed} AND ${within(span)}`,
  );
  return sql`(${sql.join(parts, sql` UNION ALL `)}) AS rollup`;
}

export async function trendOf(
  db: Database,
  scope: Scope,
  subject: string,
  span: { readonly grain: Grain; readonly from: Instant; readonly to: Instant },
): Promise<readonly TrendPoint[]> {
  const points = await db.rows<Sums & Record<Duration, string> & { startsAt: Instant }>(sql`
    SELECT starts_at AS "startsAt", ${eachMeasure((column, name) => sql`${column} AS ${sql.id(name)}`)},
      ${eachDuration((column, name) => sql`array_to_string(${column}, ' ') AS ${sql.id(name)}`)}
    FROM tapekeeper.run_rollup WHERE scope = ${scope} AND subject = ${subject} AND ${within(span)} ORDER BY starts_at`);
  return points.map(({ waiting, running, retryWait, ...point }) => ({
    ...point,
    ...durationsOf({ waiting, running, retryWait }),
  }));
}

export async function workOf(db: Database, scope: Scope, span: GrainSpan): Promise<readonly WorkPoint[]> {
  return db.rows(sql`
    SELECT subject, starts_at AS "startsAt", runs, failed, rows_written AS "rowsWritten",
      rows_unchanged AS "rowsUnchanged", calls
    FROM tapekeeper.run_rollup WHERE scope = ${scope} AND ${within(span)} ORDER BY starts_at, subject`);
}

export async function jobNames(db: Database, ids: readonly number[]): Promise<readonly JobName[]> {
  return db.rows(sql`SELECT id, key, name FROM tapekeeper.job WHERE id = ANY (${[...ids]}::bigint[])`);
}

function within({ grain, from, to }: GrainSpan): RawBuilder<unknown> {
  return sql`grain = ${grain} AND starts_at >= to_timestamp(${from}::float8 / 1000)
    AND starts_at < to_timestamp(${to}::float8 / 1000)`;
}
