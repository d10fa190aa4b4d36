import type { SymbolOutcome } from '@tapekeeper/core';
import { sql, type Database } from './connection.ts';
import type { RunFilter, RunSymbolView, RunView } from '../ports/viewStore.ts';
import type { RunId } from '../ports/runStore.ts';

type Sums = Pick<
  RunView,
  'itemsTotal' | 'itemsDone' | 'itemsFailed' | 'symbolsTotal' | 'rowsWritten' | 'rowsUnchanged' | 'calls' | 'bytes' | 'lastSymbol' | 'lastSource'
> & { readonly outcomes: readonly Partial<Record<SymbolOutcome, string>>[] };

type StoredRun = Omit<RunView, keyof Sums | 'outcomes'> & Sums;

/** The run with the sums of its few shards; the filter goes on the run alone, so that lists stay flat. */
const runQuery = (where: ReturnType<typeof sql>) => sql<StoredRun>`
  SELECT r.id, r.type, r.dataset, r.params, r.cause, r.requested_by AS "requestedBy", r.parent_run_id AS "parentRunId",
    r.resumes_run_id AS "resumesRunId", r.state, r.reason, r.error, r.plan, r.created_at AS "createdAt",
    r.started_at AS "startedAt", r.finished_at AS "finishedAt", r.retry_at AS "retryAt", clock_timestamp() AS "readAt", s.*
  FROM (${where}) AS r
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(items_total), 0)::bigint AS "itemsTotal", coalesce(sum(items_done), 0)::bigint AS "itemsDone",
      coalesce(sum(items_failed), 0)::bigint AS "itemsFailed", coalesce(sum(symbols_total), 0)::bigint AS "symbolsTotal",
      coalesce(sum(rows_written), 0)::bigint AS "rowsWritten", coalesce(sum(rows_unchanged), 0)::bigint AS "rowsUnchanged",
      coalesce(sum(calls), 0)::bigint AS "calls", coalesce(sum(bytes), 0)::bigint AS "bytes",
      (array_agg(last_symbol ORDER BY updated_at DESC) FILTER (WHERE last_symbol IS NOT NULL))[1] AS "lastSymbol",
      (array_agg(last_source ORDER BY updated_at DESC) FILTER (WHERE last_source IS NOT NULL))[1] AS "lastSource",
      coalesce(jsonb_agg(outcomes) FILTER (WHERE outcomes <> '{}'), '[]') AS outcomes
    FROM tapekeeper.shard WHERE run_id = r.id) AS s
  ORDER BY r.id DESC`;

function viewOf(stored: StoredRun): RunView {
  const outcomes: Partial<Record<SymbolOutcome, number>> = {};
  for (const part of stored.outcomes) {
    for (const [outcome, count] of Object.entries(part) as [SymbolOutcome, string][]) {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + Number(count);
    }
  }
  return { ...stored, outcomes };
}

export async function run(db: Database, id: RunId): Promise<RunView | undefined> {
  const stored = await db.maybe<StoredRun>(runQuery(sql`SELECT * FROM tapekeeper.run WHERE id = ${id}`));
  return stored && viewOf(stored);
}

export async function runs(db: Database, filter: RunFilter): Promise<readonly RunView[]> {
  const conditions = [
    filter.states === null ? undefined : sql`state = ANY(${[...filter.states]}::text[])`,
    filter.dataset === null ? undefined : sql`dataset = ${filter.dataset}`,
    filter.before === null ? undefined : sql`id < ${filter.before}`,
  ].filter((condition) => condition !== undefined);
  const where = conditions.length === 0 ? sql`` : sql`WHERE ${sql.join(conditions, sql` AND `)}`;
  const stored = await db.rows<StoredRun>(
    runQuery(sql`SELECT * FROM tapekeeper.run ${where} ORDER BY id DESC LIMIT ${filter.limit}`),
  );
  return stored.map(viewOf);
}

/** Whether an item was asked for an instrument: by its id, or by its bit among the members. */
const asksFor = sql`(t.instrument_id = i.id OR (i.id < octet_length(t.members) * 8 AND get_bit(t.members, i.id) = 1))`;

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
      ? sql`true`
      : sql`(EXISTS (SELECT 1 FROM tapekeeper.symbol_outcome o
                     WHERE o.run_id = ${id} AND o.instrument_id = i.id AND o.outcome = ${outcome})
             OR EXISTS (SELECT 1 FROM tapekeeper.item t
                        WHERE t.run_id = ${id} AND t.outcome = ${outcome} AND ${asksFor} AND ${ownOutcomeHolds(id)}))`;
  return db.rows(sql`
    WITH page AS (
      SELECT i.id, i.symbol FROM tapekeeper.instrument i
      WHERE i.id > ${after} AND ${wanted}
        AND EXISTS (SELECT 1 FROM tapekeeper.item t WHERE t.run_id = ${id} AND ${asksFor})
      ORDER BY i.id LIMIT ${limit}
    )
    SELECT i.id AS "instrumentId", i.symbol,
      coalesce(jsonb_agg(jsonb_build_object('outcome', o.outcome, 'cells', o.cells, 'source', o.source, 'detail', o.detail)
                         ORDER BY o.outcome) FILTER (WHERE o.outcome IS NOT NULL), '[]') AS outcomes
    FROM page AS i LEFT JOIN LATERAL (
      SELECT t.outcome, t.source, count(*)::int AS cells, NULL AS detail FROM tapekeeper.item t
      WHERE t.run_id = ${id} AND t.outcome IS NOT NULL AND ${asksFor} AND ${ownOutcomeHolds(id)}
      GROUP BY t.outcome, t.source
      UNION ALL
      SELECT x.outcome, x.source, sum(x.cells)::int, max(x.detail) FROM tapekeeper.symbol_outcome x
      WHERE x.run_id = ${id} AND x.instrument_id = i.id GROUP BY x.outcome, x.source
    ) AS o ON true
    GROUP BY i.id, i.symbol ORDER BY i.id`);
}
