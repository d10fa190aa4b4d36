import { sql, type Database, type Queries } from '../../packages/server/src/store/connection.ts';

const GRIDS = ['daily_bars', 'daily_basics', 'adj_factors'] as const;
const TABLES = [...GRIDS, 'stock_basics', 'trade_calendar'] as const;

/**
 * What ledger, coverage and rows disagree on, as of one moment: nothing, at any moment. Coverage and
 * rows are compared for the given symbols.
 */
export async function disagreements(db: Database, symbols: readonly string[]): Promise<readonly string[]> {
  return db.transaction(async (tx) => {
    await tx.rows(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY`);
    // whole tables are compared, which no statement of the product does
    await tx.rows(sql`SET LOCAL statement_timeout = 0`);
    const found: string[] = [];
    const expectNone = async (
      what: string,
      query: ReturnType<typeof sql<{ count: number }>>,
    ): Promise<void> => {
      const { count } = await tx.one(query);
      if (count !== 0) found.push(`${what}: ${count}`);
    };
    for (const [what, query] of ledgerQueries()) await expectNone(what, query);
    for (const grid of GRIDS)
      for (const [what, query] of gridQueries(grid, symbols)) await expectNone(what, query);
    return found;
  });
}

type Check = readonly [string, ReturnType<typeof sql<{ count: number }>>];

function ledgerQueries(): readonly Check[] {
  return [
    [
      'shards whose counters are not those of their items',
      sql`
      SELECT count(*) FROM tapekeeper.shard s CROSS JOIN LATERAL (
        SELECT count(*) AS total, count(*) FILTER (WHERE state = 'done') AS done, count(*) FILTER (WHERE state = 'failed') AS failed,
          coalesce(sum(rows_written) FILTER (WHERE state = 'done'), 0) AS rows
        FROM tapekeeper.item i WHERE i.run_id = s.run_id AND i.shard_no = s.no) AS i
      WHERE (s.items_total, s.items_done, s.items_failed, s.rows_written + s.rows_unchanged)
        IS DISTINCT FROM (i.total, i.done, i.failed, i.rows)`,
    ],
    [
      'shards whose outcomes are not those of their items',
      sql`
      SELECT count(*) FROM (
        SELECT s.run_id, s.no, o.key, o.value::bigint AS counted FROM tapekeeper.shard s, jsonb_each_text(s.outcomes) AS o
      ) AS a FULL JOIN (
        SELECT i.run_id, i.shard_no AS no, o.key, sum(o.value::bigint) AS counted
        FROM tapekeeper.item i, jsonb_each_text(i.counts) AS o WHERE i.state IN ('done', 'failed') GROUP BY 1, 2, 3
      ) AS b USING (run_id, no, key)
      WHERE a.counted IS DISTINCT FROM b.counted`,
    ],
    [
      'runs whose open shards are not counted right',
      sql`
      SELECT count(*) FROM tapekeeper.run r
      WHERE r.open_shards <> (SELECT count(*) FROM tapekeeper.shard s WHERE s.run_id = r.id AND s.open)`,
    ],
    [
      'items done without exactly one attempt that did it',
      sql`
      SELECT count(*) FROM tapekeeper.item i WHERE i.state = 'done' AND 1 <> (
        SELECT count(*) FROM tapekeeper.attempt a WHERE a.run_id = i.run_id AND a.item_no = i.no AND a.error_code IS NULL)`,
    ],
    [
      'items not done that left attempts or rows',
      sql`
      SELECT count(*) FROM tapekeeper.item i WHERE i.state IN ('pending', 'running') AND (i.rows_written > 0 OR EXISTS (
        SELECT 1 FROM tapekeeper.attempt a WHERE a.run_id = i.run_id AND a.item_no = i.no AND a.error_code IS NULL))`,
    ],
    [
      'items that events do not tell of, or tell of twice',
      sql`
      SELECT abs((SELECT count(*) FROM tapekeeper.item WHERE state IN ('done', 'failed')) - (
        SELECT coalesce(sum((payload->>'items')::int), 0) FROM (
          SELECT topic, payload FROM tapekeeper.event UNION ALL SELECT topic, payload FROM tapekeeper.event_outbox) AS told
        WHERE topic = 'progress'))::int AS count`,
    ],
    [
      'effects that came twice (rows found as they were, or changed)',
      sql`
      SELECT (SELECT coalesce(sum(rows_unchanged), 0) FROM tapekeeper.shard)::int
        + (SELECT count(*) FROM tapekeeper.revision)::int AS count`,
    ],
    ['rows in quarantine', sql`SELECT count(*) FROM tapekeeper.quarantine`],
  ];
}

function gridQueries(dataset: (typeof GRIDS)[number], symbols: readonly string[]): readonly Check[] {
  const rows = sql.table(`market.${dataset}`);
  const instruments = sql`(SELECT id, symbol FROM tapekeeper.instrument WHERE symbol = ANY(${[...symbols]}::text[]))`;
  return [
    [
      `${dataset}: covered cells of ranges without a row`,
      sql`
      SELECT count(*) FROM tapekeeper.coverage_range r JOIN ${instruments} AS i ON i.id = r.instrument_id
      JOIN market.trade_calendar c ON c.exchange = 'XSHG' AND c.is_open AND c.cal_date BETWEEN r.from_day AND r.to_day
      WHERE r.dataset = ${dataset}
        AND NOT EXISTS (SELECT 1 FROM ${rows} AS b WHERE b.symbol = i.symbol AND b.trade_date = c.cal_date)`,
    ],
    [
      `${dataset}: covered cells of days without a row`,
      sql`
      SELECT count(*) FROM tapekeeper.coverage_day d JOIN ${instruments} AS i
        ON i.id < octet_length(d.members) * 8 AND get_bit(d.members, i.id) = 1
      WHERE d.dataset = ${dataset}
        AND NOT EXISTS (SELECT 1 FROM ${rows} AS b WHERE b.symbol = i.symbol AND b.trade_date = d.day)`,
    ],
    [
      `${dataset}: rows that no coverage tells of`,
      sql`
      SELECT count(*) FROM ${rows} AS b JOIN ${instruments} AS i ON i.symbol = b.symbol
      WHERE NOT EXISTS (
          SELECT 1 FROM tapekeeper.coverage_range r WHERE r.dataset = ${dataset} AND r.instrument_id = i.id
            AND r.source = b.source AND b.trade_date BETWEEN r.from_day AND r.to_day)
        AND NOT EXISTS (
          SELECT 1 FROM tapekeeper.coverage_day d WHERE d.dataset = ${dataset} AND d.day = b.trade_date
            AND d.source = b.source AND i.id < octet_length(d.members) * 8 AND get_bit(d.members, i.id) = 1)`,
    ],
    [
      `${dataset}: cells called absent or suspended that have a row`,
      sql`
      SELECT count(*) FROM tapekeeper.coverage_exception e JOIN ${instruments} AS i ON i.id = e.instrument_id
      JOIN ${rows} AS b ON b.symbol = i.symbol AND b.trade_date = e.day AND b.source = e.source
      WHERE e.dataset = ${dataset}`,
    ],
    [
      `${dataset}: rows that name no run of theirs`,
      sql`
      SELECT count(*) FROM ${rows} AS b LEFT JOIN tapekeeper.run r ON r.id = b.run_id
      WHERE b.symbol = ANY(${[...symbols]}::text[]) AND r.id IS NULL`,
    ],
  ];
}

/** What is not as it must be when everything has ended: open work, rows that nobody wrote. */
export async function looseEnds(db: Queries, symbols: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  const runs = await db.rows<{ id: number; dataset: string; state: string; reason: string | null }>(sql`
    SELECT id, dataset, state, reason FROM tapekeeper.run WHERE state <> 'success' AND job_id IS NULL`);
  for (const run of runs)
    found.push(`run ${run.id} of ${run.dataset} is ${run.state} (${run.reason ?? 'no reason'})`);
  const { open } = await db.one<{ open: number }>(sql`
    SELECT count(*)::int AS open FROM tapekeeper.item WHERE state <> 'done'`);
  if (open > 0) found.push(`items not done: ${open}`);
  let stored = 0;
  for (const table of TABLES) {
    const { count } = await db.one<{ count: number }>(
      sql`SELECT count(*) FROM ${sql.table(`market.${table}`)}`,
    );
    stored += count;
  }
  const { written } = await db.one<{ written: number }>(sql`
    SELECT coalesce(sum(rows_written), 0)::bigint AS written FROM tapekeeper.shard`);
  if (stored !== written) found.push(`the runs counted ${written} rows written, the tables hold ${stored}`);
  for (const grid of GRIDS) {
    const { count } = await db.one<{ count: number }>(sql`
      SELECT count(*) FROM ${sql.table(`market.${grid}`)} WHERE symbol <> ALL(${[...symbols]}::text[])`);
    if (count > 0) found.push(`${grid}: rows of symbols that were not asked for: ${count}`);
  }
  return found;
}
