import type { OperationResult, PlainDay } from '@tapekeeper/core';
import type { CountedFilter, OperationStatistics } from '../ports/operationStore.ts';
import { sql, type Database, type RawBuilder } from './connection.ts';
import { conditionOf, scopeOf } from './operationScope.ts';

/** Lines that are counted at a time, the newest ones. */
const MOST_LINES = 500_000;
/** Actions and actors that are told; the days of a year are all. */
const MOST_NAMES = 50;
const MOST_DAYS = 400;

interface Line {
  readonly what: 'result' | 'action' | 'actor' | 'day' | 'hour';
  readonly name: string;
  readonly count: number;
  readonly bad: number;
  readonly durationMs: number | null;
  readonly timed: number;
}

/** The lines are gone through once and become some hundred sums by the hour, of which every view is made. */
export async function operationStatistics(db: Database, filter: CountedFilter): Promise<OperationStatistics> {
  const whole = await scopeOf(db, { ...filter, before: null });
  const lowest = Math.max(whole.lowest, whole.highest - MOST_LINES + 1);
  const lines = await db.rows<Line>(sql`
    WITH sums AS MATERIALIZED (
      SELECT action, actor, result, date_bin('1 hour', at, '2000-01-01Z') AT TIME ZONE 'Asia/Shanghai' AS local,
        count(*) AS count, sum(duration_ms) AS duration, count(duration_ms) AS timed
      FROM tapekeeper.operation WHERE ${conditionOf({ ...whole, lowest }, filter)} GROUP BY 1, 2, 3, 4)
    ${counted('result', sql`result`, MOST_NAMES)} UNION ALL ${counted('action', sql`action`, MOST_NAMES)}
    UNION ALL ${counted('actor', sql`actor`, MOST_NAMES)}
    UNION ALL ${counted('day', sql`to_char(local, 'YYYY-MM-DD')`, MOST_DAYS)}
    UNION ALL ${counted('hour', sql`extract(hour FROM local)::int::text`, MOST_NAMES)}`);
  const of = (what: Line['what']): readonly Line[] => lines.filter((line) => line.what === what);
  const results = of('result');
  const timed = results.reduce((sum, line) => sum + line.timed, 0);
  const byHour = Array<number>(24).fill(0);
  for (const { name, count } of of('hour')) byHour[Number(name)] = count;
  return {
    total: results.reduce((sum, line) => sum + line.count, 0),
    isWhole: lowest === whole.lowest,
    byResult: Object.fromEntries(results.map(({ name, count }) => [name as OperationResult, count])),
    byAction: of('action').map(({ name, count, bad }) => ({ action: name, count, bad })),
    byActor: of('actor').map(({ name, count, bad }) => ({ actor: name, count, bad })),
    byDay: of('day')
      .map(({ name, count, bad }) => ({ day: name as PlainDay, count, bad }))
      .toSorted((a, b) => (a.day < b.day ? 1 : -1)),
    byHour,
    meanDurationMs:
      timed === 0 ? null : results.reduce((sum, line) => sum + (line.durationMs ?? 0), 0) / timed,
  };
}

function counted(what: Line['what'], name: RawBuilder<unknown>, most: number): RawBuilder<unknown> {
  return sql`(
    SELECT ${what}::text AS what, ${name} AS name, sum(count)::int AS count,
      coalesce(sum(count) FILTER (WHERE result IN ('refused', 'failed')), 0)::int AS bad,
      sum(duration)::float8 AS "durationMs", sum(timed)::int AS timed
    FROM sums GROUP BY 2 ORDER BY sum(count) DESC, 2 LIMIT ${most})`;
}
