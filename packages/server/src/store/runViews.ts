import {
  RUN_MACHINE,
  type StageChild,
  type StageShard,
  type Step,
  type SymbolOutcome,
} from '@tapekeeper/core';
import { sql, type Database, type RawBuilder } from './connection.ts';
import { childrenOf, stagesOfShards, stepsOfTasks } from './explainStages.ts';
import type { RunFilter, RunSymbolView, RunView, ServedBy } from '../ports/viewStore.ts';
import type { RunId } from '../ports/runStore.ts';

type Sums = Pick<
  RunView,
  | 'itemsTotal'
  | 'itemsDone'
  | 'itemsFailed'
  | 'symbolsTotal'
  | 'rowsWritten'
  | 'rowsUnchanged'
  | 'calls'
  | 'bytes'
  | 'lastSymbol'
  | 'lastSource'
> & {
  readonly parts: readonly ShardPart[];
  readonly shards: readonly StageShard[];
  readonly children: readonly StageChild[];
};

/** What one shard has done so far. */
interface ShardPart extends Omit<ServedBy, 'source' | 'outcomes'> {
  /** Null where rows came from a file. */
  readonly source: ServedBy['source'] | null;
  readonly outcomes: Readonly<Partial<Record<SymbolOutcome, string>>>;
}

type StoredRun = Omit<RunView, keyof Sums | 'outcomes' | 'servedBy' | 'stages'> & Sums;

const NEWEST = sql`DESC`;
const OLDEST = sql`ASC`;

/** The run with the sums of its few shards; the filter goes on the run alone, so that lists stay flat. */
const runQuery = (where: ReturnType<typeof sql>, order = NEWEST) => sql<StoredRun>`
  SELECT r.id, r.type, r.dataset, r.wish, r.params, r.cause, r.requested_by AS "requestedBy", r.parent_run_id AS "parentRunId",
    r.resumes_run_id AS "resumesRunId", r.upstream_run_id AS "upstreamRunId", r.node, r.job_id AS "jobId",
    r.job_version AS "jobVersion", r.fire_id AS "fireId", r.priority, r.concurrency_group AS "group",
    r.waits_for_turn AS "waitsForTurn", r.attempt, r.max_attempts AS "maxAttempts", r.retry_waited_ms AS "retryWaitedMs",
    r.timeout_seconds AS "timeoutSeconds", r.stop, r.stop_asked_at AS "stopAskedAt", r.pause_asked_at AS "pauseAskedAt",
    r.result, (SELECT key FROM tapekeeper.job WHERE id = r.job_id) AS "jobKey",
    (SELECT scheduled_for FROM tapekeeper.fire WHERE id = r.fire_id) AS "scheduledFor", r.state, r.reason, r.error, r.plan, r.created_at AS "createdAt",
    r.started_at AS "startedAt", r.finished_at AS "finishedAt", r.retry_at AS "retryAt", tapekeeper.now() AS "readAt",
    ${childrenOf(sql`r.id`)} AS children, s.*
  FROM (${where}) AS r
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(items_total), 0)::bigint AS "itemsTotal", coalesce(sum(items_done), 0)::bigint AS "itemsDone",
      coalesce(sum(items_failed), 0)::bigint AS "itemsFailed", coalesce(sum(symbols_total), 0)::bigint AS "symbolsTotal",
      coalesce(sum(rows_written), 0)::bigint AS "rowsWritten", coalesce(sum(rows_unchanged), 0)::bigint AS "rowsUnchanged",
      coalesce(sum(calls), 0)::bigint AS "calls", coalesce(sum(bytes), 0)::bigint AS "bytes",
      (array_agg(last_symbol ORDER BY updated_at DESC) FILTER (WHERE last_symbol IS NOT NULL))[1] AS "lastSymbol",
      (array_agg(last_source ORDER BY updated_at DESC) FILTER (WHERE last_source IS NOT NULL))[1] AS "lastSource",
      coalesce(jsonb_agg(jsonb_build_object('source', source, 'items', items_done + items_failed, 'itemsFailed', items_failed,
        'calls', calls, 'bytes', bytes, 'rowsWritten', rows_written, 'rowsUnchanged', rows_unchanged, 'outcomes', outcomes)
        ORDER BY no) FILTER (WHERE source IS NOT NULL OR items_total > 0), '[]') AS parts,
      ${stagesOfShards} AS shards
    FROM tapekeeper.shard WHERE run_id = r.id) AS s
  ORDER BY r.id ${order}`;

function viewOf({ parts, shards, children, ...stored }: StoredRun, steps: readonly Step[]): RunView {
  const bySource = Map.groupBy(parts, ({ source }) => source);
  return {
    ...stored,
    stages: { shards, children, steps },
    outcomes: outcomesOf(parts),
    servedBy: [...bySource].flatMap(([source, ofSource]) =>
      source === null
        ? []
        : {
            source,
            ...SUMMED.reduce(
              (sums, name) => ({ ...sums, [name]: ofSource.reduce((sum, part) => sum + part[name], 0) }),
              {} as Record<(typeof SUMMED)[number], number>,
            ),
            outcomes: outcomesOf(ofSource),
          },
    ),
  };
}

const SUMMED = ['items', 'itemsFailed', 'calls', 'bytes', 'rowsWritten', 'rowsUnchanged'] as const;

function outcomesOf(parts: readonly ShardPart[]): Partial<Record<SymbolOutcome, number>> {
  const outcomes: Partial<Record<SymbolOutcome, number>> = {};
  for (const part of parts) {
    for (const [outcome, count] of Object.entries(part.outcomes) as [SymbolOutcome, string][]) {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + Number(count);
    }
  }
  return outcomes;
}

export async function run(db: Database, id: RunId): Promise<RunView | undefined> {
  const stored = await db.maybe<StoredRun>(runQuery(sql`SELECT * FROM tapekeeper.run WHERE id = ${id}`));
  return stored && (await viewsOf(db, [stored]))[0];
}

export async function runs(db: Database, filter: RunFilter): Promise<readonly RunView[]> {
  const stored = await db.rows<StoredRun>(runQuery(pageOf(filter), orderOf(filter)));
  return viewsOf(db, stored);
}

/** In the order of their numbers. */
export async function runsById(db: Database, ids: readonly RunId[]): Promise<readonly RunView[]> {
  if (ids.length === 0) return [];
  const wanted = sql`SELECT * FROM tapekeeper.run WHERE id = ANY(${[...ids]}::bigint[])`;
  return viewsOf(db, await db.rows<StoredRun>(runQuery(wanted)));
}

/** Jobs that one key has had, the newest; each but the last of them was deleted. */
const MOST_JOBS = 50;

/**
 * The newest runs of jobs by their keys, which a deleted job may share with one that is there. Each job is asked for
 * by its number, and as a range from itself to itself: so the planner has to take the index on it, where for an equal
 * number in the order of ids it may walk back through the runs of all others.
 */
export async function runsOfJobs(
  db: Database,
  keys: readonly string[],
  limit: number,
): Promise<readonly RunView[]> {
  const jobs = await db.rows<{ id: number }>(sql`
    SELECT id FROM tapekeeper.job WHERE key = ANY(${[...keys]}::text[]) ORDER BY id DESC LIMIT ${MOST_JOBS}`);
  if (jobs.length === 0) return [];
  const ofEach = jobs.map(
    ({ id }) => sql`(
      SELECT * FROM tapekeeper.run WHERE job_id >= ${id}::bigint AND job_id <= ${id}::bigint
      ORDER BY job_id, id DESC LIMIT ${limit})`,
  );
  const newest = sql`
    SELECT * FROM (${sql.join(ofEach, sql` UNION ALL `)}) AS found ORDER BY id DESC LIMIT ${limit}`;
  return viewsOf(db, await db.rows<StoredRun>(runQuery(newest)));
}

/** The steps of tasks are read for one run, and for the open ones of a page. */
async function viewsOf(db: Database, stored: readonly StoredRun[]): Promise<readonly RunView[]> {
  const wanted = stored.filter(({ state }) => stored.length === 1 || !RUN_MACHINE.terminal.includes(state));
  const steps = await stepsOfTasks(db, wanted);
  return stored.map((one) => viewOf(one, steps.get(one.id) ?? []));
}

function orderOf({ oldestFirst }: RunFilter): ReturnType<typeof sql> {
  return oldestFirst === true ? OLDEST : NEWEST;
}

/**
 * The first runs of each state, and of these the first, which are the newest unless told otherwise. A state, a job and
 * a data set are asked for as a range from themselves to themselves, in the order of the index on them: so the planner
 * has to take that index, where for an equal value in the order of ids it may walk back through all runs to find a few,
 * or none.
 */
function pageOf(filter: RunFilter): ReturnType<typeof sql> {
  const order = orderOf(filter);
  const first = sql`ORDER BY id ${order} LIMIT ${filter.limit}`;
  const bounds = sql`
    ${filter.before === null ? sql`` : sql`AND id < ${filter.before}`}
    ${filter.after == null ? sql`` : sql`AND id > ${filter.after}`}`;
  if (filter.states === null) {
    const led = leadOf(filter);
    if (led === null)
      return sql`SELECT * FROM tapekeeper.run WHERE true ${narrowing(filter)} ${bounds} ${first}`;
    const turned = filter.oldestFirst === true ? sql`${led.column} DESC` : led.column;
    return sql`
      SELECT * FROM tapekeeper.run
      WHERE ${led.column} >= ${led.value} AND ${led.column} <= ${led.value} ${narrowing(led.rest)} ${bounds}
      ORDER BY ${turned}, id ${order} LIMIT ${filter.limit}`;
  }
  return sql`
    SELECT found.* FROM unnest(${[...new Set(filter.states)]}::text[]) AS wanted (state)
    CROSS JOIN LATERAL (
      SELECT * FROM tapekeeper.run
      WHERE run.state >= wanted.state COLLATE "C" AND run.state <= wanted.state COLLATE "C" ${narrowing(filter)} ${bounds}
      ORDER BY ${filter.oldestFirst === true ? sql`run.state DESC` : sql`run.state`}, run.id ${order} LIMIT ${filter.limit}
    ) AS found ${first}`;
}

/** The column whose index gives the page, with what it must be; null where the page is one of all runs. */
function leadOf(filter: RunFilter): Lead | null {
  const { dataset, jobId } = filter;
  if (jobId != null)
    return { column: sql`job_id`, value: sql`${jobId}::bigint`, rest: { ...filter, jobId: null } };
  if (dataset === null) return null;
  return {
    column: sql`dataset`,
    value: sql`${dataset}::text COLLATE "C"`,
    rest: { ...filter, dataset: null },
  };
}

interface Lead {
  readonly column: RawBuilder<unknown>;
  readonly value: RawBuilder<unknown>;
  /** What else the page is narrowed to; an equal value beside the range would let the planner drop the order. */
  readonly rest: RunFilter;
}

/** What the page is narrowed to besides states; each has an index with the id behind it. */
function narrowing({ dataset, jobId, parentRunId, types }: RunFilter): ReturnType<typeof sql> {
  return sql`
    ${dataset === null ? sql`` : sql`AND dataset = ${dataset}`}
    ${jobId == null ? sql`` : sql`AND job_id = ${jobId}`}
    ${parentRunId == null ? sql`` : sql`AND parent_run_id = ${parentRunId}`}
    ${typesOf(types ?? null)}`;
}

/** One type is asked for as equal, so that the index on it gives its runs in their order. */
function typesOf(types: RunFilter['types']): ReturnType<typeof sql> {
  if (types == null) return sql``;
  const [only] = types;
  return types.length === 1 ? sql`AND type = ${only}` : sql`AND type = ANY(${[...types]}::text[])`;
}

/**
 * The items of a run that were asked for instrument `i`: those of it alone by index, and of those for
 * many, which the query has at hand as a table, those with its bit among the members.
 */
const itemsOf = (id: RunId, forMany: 'for_many' | 'for_many_sought') => sql`(
  SELECT no, outcome, source, members FROM tapekeeper.item WHERE run_id = ${id} AND instrument_id = i.id
  UNION ALL
  SELECT no, outcome, source, members FROM ${sql.table(forMany)}
  WHERE i.id < octet_length(members) * 8 AND get_bit(members, i.id) = 1)`;

/**
 * Whether an item's own outcome says something of an instrument that its exceptions do not: for one among
 * many members when it is no exception, for the only symbol when no exception says the same.
 */
const ownOutcomeHolds = (id: RunId) => sql`NOT EXISTS (
  SELECT 1 FROM tapekeeper.symbol_outcome x
  WHERE x.run_id = ${id} AND x.instrument_id = i.id AND x.item_no = t.no
    AND (t.members IS NOT NULL OR x.outcome = t.outcome))`;

export async function runSymbols(
  db: Database,
  id: RunId,
  after: number,
  limit: number,
  outcome: SymbolOutcome | null,
): Promise<readonly RunSymbolView[]> {
  const wanted =
    outcome === null
      ? sql`EXISTS (SELECT 1 FROM ${itemsOf(id, 'for_many')} AS t)`
      : sql`(EXISTS (SELECT 1 FROM tapekeeper.symbol_outcome o
                     WHERE o.run_id = ${id} AND o.instrument_id = i.id AND o.outcome = ${outcome})
             OR EXISTS (SELECT 1 FROM ${itemsOf(id, 'for_many_sought')} AS t
                        WHERE t.outcome = ${outcome} AND ${ownOutcomeHolds(id)}))`;
  return db.rows(sql`
    WITH for_many AS MATERIALIZED (
      SELECT no, outcome, source, members FROM tapekeeper.item
      WHERE run_id = ${id} AND instrument_id IS NULL AND members IS NOT NULL
    ), for_many_sought AS MATERIALIZED (
      SELECT * FROM for_many WHERE outcome = ${outcome}
    ), page AS (
      SELECT i.id, i.symbol FROM tapekeeper.instrument i WHERE i.id > ${after}::bigint AND ${wanted} ORDER BY i.id LIMIT ${limit}
    )
    SELECT i.id AS "instrumentId", i.symbol,
      coalesce(jsonb_agg(jsonb_build_object('outcome', o.outcome, 'cells', o.cells, 'source', o.source, 'detail', o.detail)
                         ORDER BY o.outcome) FILTER (WHERE o.outcome IS NOT NULL), '[]') AS outcomes
    FROM page AS i LEFT JOIN LATERAL (
      SELECT t.outcome, t.source, count(*)::int AS cells, NULL AS detail FROM ${itemsOf(id, 'for_many')} AS t
      WHERE t.outcome IS NOT NULL AND ${ownOutcomeHolds(id)}
      GROUP BY t.outcome, t.source
      UNION ALL
      SELECT x.outcome, x.source, sum(x.cells)::int, max(x.detail) FROM tapekeeper.symbol_outcome x
      WHERE x.run_id = ${id} AND x.instrument_id = i.id GROUP BY x.outcome, x.source
    ) AS o ON true
    GROUP BY i.id, i.symbol ORDER BY i.id`);
}
