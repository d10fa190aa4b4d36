import type { Instant } from '@tapekeeper/core';
import type {
  LogCount,
  LogFilter,
  LogLine,
  LogPage,
  LogPageStore,
  OperationChoice,
} from '../ports/logPageStore.ts';
import { sql, type Database, type RawBuilder } from './connection.ts';
import { operationsById } from './operationViews.ts';
import { runsById } from './runViews.ts';

export function createLogPageStore(db: Database): LogPageStore {
  return {
    logPage: (filter, page) => logPage(db, filter, page),
    logCounts: (since, about) => logCounts(db, since, about),
  };
}

interface Found {
  readonly kind: LogLine['kind'];
  readonly id: number;
}

/** Of each of the two logs no more is read than the page can hold. */
async function logPage(
  db: Database,
  filter: LogFilter,
  { skip, limit }: { readonly skip: number; readonly limit: number },
): Promise<LogPage> {
  const operations = operationCondition(filter);
  const runs = runCondition(filter);
  const states = sql`unnest(${[...filter.runs.states]}::text[]) AS wanted (state)`;
  const [found, { total }] = await Promise.all([
    db.rows<Found>(sql`
      SELECT kind, id FROM (
        (SELECT 'operation' AS kind, id, at FROM tapekeeper.operation WHERE ${operations}
         ORDER BY id DESC LIMIT ${skip + limit})
        UNION ALL
        SELECT 'run', one.id, one.created_at FROM ${states} CROSS JOIN LATERAL (
          SELECT run.id, run.created_at FROM tapekeeper.run WHERE ${runs}
          ORDER BY run.state, run.id DESC LIMIT ${skip + limit}
        ) AS one
      ) AS lines ORDER BY at DESC, kind, id DESC OFFSET ${skip} LIMIT ${limit}`),
    db.one<{ total: number }>(sql`
      SELECT (SELECT count(*) FROM tapekeeper.operation WHERE ${operations})
        + (SELECT coalesce(sum(counted.runs), 0) FROM ${states}
           CROSS JOIN LATERAL (SELECT count(*) AS runs FROM tapekeeper.run WHERE ${runs}) AS counted)::bigint AS total`),
  ]);
  return { lines: await linesOf(db, found), total };
}

async function linesOf(db: Database, found: readonly Found[]): Promise<readonly LogLine[]> {
  const idsOf = (kind: Found['kind']): number[] =>
    found.filter((one) => one.kind === kind).map(({ id }) => id);
  const [operations, runs] = await Promise.all([
    operationsById(db, idsOf('operation')),
    runsById(db, idsOf('run')),
  ]);
  const operationOf = new Map(operations.map((operation) => [operation.id, operation]));
  const runOf = new Map(runs.map((run) => [run.id, run]));
  return found.flatMap(({ kind, id }): LogLine[] => {
    const operation = kind === 'operation' ? operationOf.get(id) : undefined;
    if (operation !== undefined) return [{ kind: 'operation', operation }];
    const run = kind === 'run' ? runOf.get(id) : undefined;
    return run === undefined ? [] : [{ kind: 'run', run }];
  });
}

async function logCounts(
  db: Database,
  since: Instant,
  { runs, telling }: Pick<LogFilter, 'runs' | 'telling'>,
): Promise<readonly LogCount[]> {
  const hourOf = (at: RawBuilder<unknown>) => sql`extract(hour FROM ${at} AT TIME ZONE 'Asia/Shanghai')::int`;
  return db.rows<LogCount>(sql`
    SELECT action, object_kind AS "objectKind",
      CASE WHEN action = ${telling} THEN after ->> 'action_type' END AS told,
      ${hourOf(sql`at`)} AS hour, ${wentWell(telling)} AS ok, count(*) AS count
    FROM tapekeeper.operation WHERE at >= ${instant(since)} GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT NULL, NULL, NULL, ${hourOf(sql`created_at`)}, state IN ('success', 'success_with_errors'), count(*)
    FROM tapekeeper.run
    WHERE dataset = ${runs.dataset} AND state = ANY(${[...runs.states]}::text[]) AND created_at >= ${instant(since)}
    GROUP BY 4, 5`);
}

function operationCondition({
  operations,
  success,
  telling,
  text,
  from,
  until,
}: LogFilter): RawBuilder<unknown> {
  const parts = [sql`true`, ...within(sql`at`, from, until)];
  if (operations !== null) parts.push(chosen(operations, telling));
  if (success !== null) parts.push(sql`(${wentWell(telling)}) = ${success}`);
  if (text !== null)
    parts.push(sql`concat_ws(' ', actor, action, object_kind, object_id, error_code) ILIKE ${likeOf(text)}`);
  return sql.join(parts, sql` AND `);
}

/** What came in and went well, unless it tells of something that did not. */
function wentWell(telling: string): RawBuilder<unknown> {
  return sql`(result = 'ok' AND (action <> ${telling} OR after ->> 'success' IS DISTINCT FROM 'false'))`;
}

function chosen(choice: OperationChoice, telling: string): RawBuilder<unknown> {
  const { actions, kinds, notActions, withoutKind, told } = choice;
  const others = sql`action <> ALL(${[...notActions]}::text[])`;
  const any = [
    sql`action = ANY(${[...actions]}::text[])`,
    sql`(object_kind = ANY(${[...kinds]}::text[]) AND ${others})`,
    ...(withoutKind ? [sql`(object_kind IS NULL AND ${others})`] : []),
    sql`(action = ${telling} AND after ->> 'action_type' = ${told})`,
  ];
  return sql`(${sql.join(any, sql` OR `)})`;
}

/** Of one state, as a range from itself to itself, so that the planner has to take the index of that order. */
function runCondition({ runs, success, text, from, until }: LogFilter): RawBuilder<unknown> {
  const parts = [
    sql`run.dataset = ${runs.dataset} AND run.state >= wanted.state COLLATE "C" AND run.state <= wanted.state COLLATE "C"`,
    ...within(sql`run.created_at`, from, until),
  ];
  if (success !== null) {
    const good = sql`wanted.state IN ('success', 'success_with_errors')`;
    parts.push(success ? good : sql`NOT ${good}`);
  }
  if (text !== null)
    parts.push(
      sql`concat_ws(' ', run.requested_by, 'run', run.dataset, run.error ->> 'code') ILIKE ${likeOf(text)}`,
    );
  return sql.join(parts, sql` AND `);
}

function within(at: RawBuilder<unknown>, from: Instant | null, until: Instant | null): RawBuilder<unknown>[] {
  return [
    ...(from === null ? [] : [sql`${at} >= ${instant(from)}`]),
    ...(until === null ? [] : [sql`${at} < ${instant(until)}`]),
  ];
}

function instant(at: Instant): RawBuilder<unknown> {
  return sql`to_timestamp(${at}::float8 / 1000)`;
}

function likeOf(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
