import type { DatasetId } from '@tapekeeper/core';
import type {
  QuarantineEntry,
  QuarantineFilter,
  QuarantineSettlement,
  QuarantineState,
  RuleCount,
} from '../ports/qualityStore.ts';
import { noteCoverageChange } from './acceptedHoles.ts';
import { sql, type Database, type RawBuilder } from './connection.ts';
import { recordGains } from './coverageGains.ts';
import { emitEvent } from './events.ts';
import { admitInstruments } from './instruments.ts';
import { writeRows } from './marketRows.ts';

const COLUMNS = sql`id, dataset, symbol, day, source, run_id AS "runId", item_no AS "itemNo", rule, detail, row, state, at,
  forced, settled_at AS "settledAt", settled_by AS "settledBy", settled_reason AS "settledReason"`;

/** Filters by how few rows they are likely to leave: the first that is given leads the index. */
const LEADING = [
  ['run_id', (filter: QuarantineFilter) => filter.runId],
  ['symbol', (filter: QuarantineFilter) => filter.symbol],
  ['rule', (filter: QuarantineFilter) => filter.rule],
  ['dataset', (filter: QuarantineFilter) => filter.dataset],
  ['source', (filter: QuarantineFilter) => filter.source],
] as const;

export async function quarantined(
  db: Database,
  filter: QuarantineFilter,
): Promise<readonly QuarantineEntry[]> {
  const given = LEADING.flatMap(([column, valueOf]) => {
    const value = valueOf(filter);
    return value === null ? [] : [{ column, value }];
  });
  const [leading, ...others] = given;
  const conditions = [
    ...(leading === undefined
      ? [sameAs('state', filter.state)]
      : [sql`state = ${filter.state}`, sameAs(leading.column, leading.value)]),
    ...others.map(({ column, value }) => sql`${sql.ref(column)} = ${value}`),
    ...(filter.before === null ? [] : [sql`id < ${filter.before}`]),
  ];
  return db.rows(sql`
    SELECT ${COLUMNS} FROM tapekeeper.quarantine WHERE ${sql.join(conditions, sql` AND `)}
    ORDER BY ${sql.ref(leading?.column ?? 'state')} DESC, id DESC LIMIT ${filter.limit}`);
}

/** As a range from a value to itself, so that only the index that the column leads has the order asked for. */
function sameAs(column: string, value: string | number): RawBuilder<unknown> {
  const collated = typeof value === 'number' ? sql`` : sql`COLLATE "C"`;
  const name = sql.ref(column);
  return sql`${name} >= ${value} ${collated} AND ${name} <= ${value} ${collated}`;
}

export async function quarantinedRow(db: Database, id: number): Promise<QuarantineEntry | undefined> {
  return db.maybe(sql`SELECT ${COLUMNS} FROM tapekeeper.quarantine WHERE id = ${id}`);
}

export async function heldRowsById(
  db: Database,
  ids: readonly number[],
): Promise<readonly QuarantineEntry[]> {
  return db.rows(sql`
    SELECT ${COLUMNS} FROM tapekeeper.quarantine WHERE id = ANY(${[...ids]}::bigint[]) AND state = 'held' ORDER BY id`);
}

/** Leaps from one pair of data set and rule to the next, and counts each no further than to the limit. */
export async function quarantineCounts(
  db: Database,
  state: QuarantineState,
  limit: number,
): Promise<readonly RuleCount[]> {
  return db.rows(sql`
    WITH RECURSIVE kinds AS (
      (SELECT dataset, rule FROM tapekeeper.quarantine WHERE state = ${state} ORDER BY dataset, rule LIMIT 1)
      UNION ALL
      SELECT next.dataset, next.rule FROM kinds CROSS JOIN LATERAL (
        SELECT q.dataset, q.rule FROM tapekeeper.quarantine q
        WHERE q.state = ${state} AND (q.dataset, q.rule) > (kinds.dataset, kinds.rule)
        ORDER BY q.dataset, q.rule LIMIT 1) AS next
    )
    SELECT kinds.dataset, kinds.rule, counted.rows FROM kinds CROSS JOIN LATERAL (
      SELECT count(*)::int AS rows FROM (
        SELECT 1 FROM tapekeeper.quarantine q
        WHERE q.state = ${state} AND q.dataset = kinds.dataset AND q.rule >= kinds.rule AND q.rule <= kinds.rule
        ORDER BY q.rule, q.id LIMIT ${limit}) AS few) AS counted
    ORDER BY 1, 2`);
}

/** Rows, coverage and marks in one transaction: all of the rows were still held, or nothing is changed. */
export async function releaseRows(db: Database, settlement: QuarantineSettlement): Promise<boolean> {
  const { ids, forced, releases, author, reason } = settlement;
  return db.transaction(async (tx) => {
    const held = await tx.rows<{ id: number }>(sql`
      SELECT id FROM tapekeeper.quarantine WHERE id = ANY(${[...ids]}::bigint[]) AND state = 'held' ORDER BY id FOR UPDATE`);
    if (held.length < ids.length) return false;
    await tx.rows(sql`
      UPDATE tapekeeper.quarantine SET state = 'replayed', forced = id = ANY(${[...forced]}::bigint[]),
        settled_at = tapekeeper.now(), settled_by = ${author}, settled_reason = ${reason}
      WHERE id = ANY(${[...ids]}::bigint[])`);
    const { now } = await tx.one<{ now: number }>(sql`SELECT tapekeeper.now() AS now`);
    for (const { runId, write, gains } of releases) {
      if (write.dataset === 'stock_basics' || write.dataset === 'index_basics')
        await admitInstruments(tx, write);
      await writeRows(tx, write, { runId, knownAt: now });
      await recordGains(tx, runId, gains);
    }
    const datasets = [...new Set(releases.map(({ write }) => write.dataset))];
    for (const dataset of datasets) await noteCoverageChange(tx, dataset);
    await emitEvent(tx, 'quarantine', { released: ids.length, forced: forced.length, datasets });
    return true;
  });
}

export async function discardRows(
  db: Database,
  ids: readonly number[],
  author: string,
  reason: string,
): Promise<readonly number[]> {
  return db.transaction(async (tx) => {
    const discarded = await tx.rows<{ id: number; dataset: DatasetId }>(sql`
      UPDATE tapekeeper.quarantine SET state = 'discarded', settled_at = tapekeeper.now(), settled_by = ${author},
        settled_reason = ${reason}
      WHERE id = ANY(${[...ids]}::bigint[]) AND state = 'held' RETURNING id, dataset`);
    const datasets = [...new Set(discarded.map(({ dataset }) => dataset))];
    if (discarded.length > 0) await emitEvent(tx, 'quarantine', { discarded: discarded.length, datasets });
    return discarded.map(({ id }) => id);
  });
}
