import type {
  LineCount,
  LogStatus,
  SymbolLine,
  SymbolLinePage,
  SymbolLineWish,
} from '../../ports/logTableStore.ts';
import type { RunId } from '../../ports/runStore.ts';
import { sql, type Database, type RawBuilder } from '../connection.ts';
import { likeText } from './likeText.ts';
import { symbolsOfRun } from './loggedSymbols.ts';
import { troublesOfLine } from './symbolTroubles.ts';

/** What went well of a symbol, and what did not; that it is absent or suspended is an answer. */
const GOOD = sql`('ok', 'unchanged', 'fell_back', 'absent', 'suspended')`;
const BAD = sql`('failed', 'quarantined')`;
const OPEN = sql`('pending', 'running', 'paused')`;

/** A line a symbol of each run, as `line`. */
const linesOf = (runIds: readonly RunId[], symbol: string | null): RawBuilder<unknown> => sql`
  line AS MATERIALIZED (
    SELECT r.id AS run_id, r.state, r.plan IS NOT NULL AS planned, r.created_at, named.place::int AS place, named.symbol,
      coalesce(
        (SELECT i.id FROM tapekeeper.instrument i WHERE i.symbol = named.symbol COLLATE "C"),
        (SELECT a.instrument_id FROM tapekeeper.symbol_alias a
         WHERE a.alias = named.symbol COLLATE "C" AND a.source = '*' LIMIT 1)) AS instrument_id
    FROM tapekeeper.run r CROSS JOIN LATERAL
      jsonb_array_elements_text(coalesce(${symbolsOfRun}, '[null]')) WITH ORDINALITY AS named (symbol, place)
    WHERE r.id = ANY (${[...runIds]}::bigint[])
      ${symbol === null ? sql`` : sql`AND named.symbol ILIKE ${likeText(symbol)}`})`;

/** The items that a line is about, alone or as one of many symbols, as `part`; then those that nothing later made good. */
const partsOf = (runIds: readonly RunId[]): RawBuilder<unknown> => sql`
  asked AS MATERIALIZED (
    SELECT run_id, no, instrument_id, members, state, outcome, rows_written, from_day, to_day
    FROM tapekeeper.item WHERE run_id = ANY (${[...runIds]}::bigint[])),
  exception AS MATERIALIZED (
    SELECT run_id, item_no, instrument_id, max(outcome) AS outcome FROM tapekeeper.symbol_outcome
    WHERE run_id = ANY (${[...runIds]}::bigint[]) GROUP BY 1, 2, 3),
  refused AS MATERIALIZED (
    SELECT DISTINCT run_id, item_no, instrument_id FROM tapekeeper.symbol_outcome
    WHERE run_id = ANY (${[...runIds]}::bigint[]) AND outcome IN ${BAD}),
  part AS MATERIALIZED (
    SELECT line.run_id, line.place, t.no, t.state, t.outcome, t.rows_written AS rows, t.from_day, t.to_day,
      f.item_no IS NOT NULL AS flawed
    FROM line JOIN asked t ON t.run_id = line.run_id AND t.instrument_id = line.instrument_id
    LEFT JOIN refused f ON f.run_id = t.run_id AND f.item_no = t.no AND f.instrument_id = t.instrument_id
    UNION ALL
    SELECT line.run_id, line.place, t.no, t.state, coalesce(x.outcome, t.outcome),
      (t.state = 'done' AND coalesce(x.outcome, t.outcome) IN ('ok', 'unchanged', 'fell_back'))::int, t.from_day, t.to_day, false
    FROM asked t JOIN line ON line.run_id = t.run_id
    LEFT JOIN exception x ON x.run_id = t.run_id AND x.item_no = t.no AND x.instrument_id = line.instrument_id
    WHERE t.instrument_id IS NULL AND CASE WHEN line.instrument_id < octet_length(t.members) * 8
      THEN get_bit(t.members, line.instrument_id) = 1 ELSE false END),
  weighed AS (
    SELECT run_id, place, no, state, rows, good, flawed OR ((state IN ('failed', 'cancelled') OR outcome IN ${BAD})
      AND NOT coalesce(daterange(from_day, to_day, '[]') && range_agg(daterange(from_day, to_day, '[]')) FILTER (WHERE good) OVER (
        PARTITION BY run_id, place ORDER BY no ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), false)) AS bad
    FROM (SELECT part.*, state = 'done' AND outcome IN ${GOOD} AS good FROM part) AS part)`;

/** How the run is, for lines that nothing more is known of. */
const STATUS_OF_RUN = sql`
  CASE WHEN state = 'pending' THEN 'pending' WHEN state IN ('running', 'paused') THEN 'running'
       WHEN state = 'success' THEN 'success' WHEN state = 'success_with_errors' THEN 'partial_success' ELSE 'failed' END`;

/** How each line stands, as `told`. A run that has planned and asks nothing for a symbol has all of it. */
const TOLD = sql`
  summed AS (
    SELECT line.run_id, line.place, count(w.no) AS items, coalesce(sum(w.rows), 0)::bigint AS rows,
      coalesce(bool_or(w.state = 'running'), false) AS at_work, coalesce(bool_or(w.state = 'pending'), false) AS waits,
      coalesce(bool_or(w.state <> 'pending'), false) AS began, coalesce(bool_or(w.good), false) AS good,
      coalesce(bool_or(w.bad), false) AS bad
    FROM line LEFT JOIN weighed w ON w.run_id = line.run_id AND w.place = line.place GROUP BY 1, 2),
  told AS MATERIALIZED (
    SELECT line.*, s.rows,
      CASE WHEN symbol IS NULL THEN ${STATUS_OF_RUN}
        WHEN items = 0 AND state IN ${OPEN} THEN CASE WHEN planned THEN 'success' ELSE 'pending' END
        WHEN items = 0 AND state = 'success_with_errors' THEN
          CASE WHEN EXISTS (SELECT 1 FROM asked WHERE asked.run_id = line.run_id) THEN 'success' ELSE 'partial_success' END
        WHEN items = 0 THEN ${STATUS_OF_RUN}
        WHEN state IN ${OPEN} AND (at_work OR (waits AND began)) THEN 'running'
        WHEN state IN ${OPEN} AND waits THEN 'pending'
        WHEN (bad OR at_work OR waits) AND good THEN 'partial_success'
        WHEN bad OR at_work OR waits THEN 'failed' ELSE 'success' END AS status
    FROM line JOIN summed s ON s.run_id = line.run_id AND s.place = line.place)`;

export async function symbolLines(db: Database, wish: SymbolLineWish): Promise<SymbolLinePage> {
  const { runIds, statuses, symbol, skip, limit } = wish;
  const wanted = statuses === null ? sql`true` : sql`status = ANY (${[...statuses]}::text[])`;
  const { total, lines } = await db.one<{ total: number; lines: readonly SymbolLine[] }>(sql`
    WITH ${linesOf(runIds, symbol)}, ${partsOf(runIds)}, ${TOLD},
    page AS (SELECT * FROM told WHERE ${wanted} ORDER BY run_id DESC, place OFFSET ${skip} LIMIT ${limit})
    SELECT (SELECT count(*) FROM told WHERE ${wanted})::int AS total,
      coalesce((
        SELECT jsonb_agg(jsonb_build_object('runId', page.run_id, 'place', page.place, 'symbol', page.symbol,
          'status', page.status, 'createdAt', floor(extract(epoch FROM page.created_at) * 1000), 'runState', page.state,
          'runError', r.error, 'rows', CASE WHEN page.symbol IS NULL
            THEN (SELECT coalesce(sum(rows_written), 0) FROM tapekeeper.shard WHERE run_id = page.run_id) ELSE page.rows END)
          || coalesce(${troublesOfLine}, '{"troubles": [], "refused": []}') ORDER BY page.run_id DESC, page.place)
        FROM page JOIN tapekeeper.run r ON r.id = page.run_id), '[]') AS lines`);
  return { total, lines };
}

/** Days are those of Shanghai on which the runs were made. */
export async function symbolLineCounts(
  db: Database,
  runIds: readonly RunId[],
): Promise<readonly LineCount<LogStatus>[]> {
  if (runIds.length === 0) return [];
  return db.rows(sql`
    WITH ${linesOf(runIds, null)}, ${partsOf(runIds)}, ${TOLD}
    SELECT to_char(created_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD') AS day, status, count(*)::int AS count
    FROM told GROUP BY 1, 2 ORDER BY 1, 2`);
}
