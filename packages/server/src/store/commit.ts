import type { Instant, SymbolOutcome } from '@tapekeeper/core';
import { busyTransaction } from './busyTransaction.ts';
import { sql, type Database, type Transaction } from './connection.ts';
import { recordGains } from './coverageGains.ts';
import { emitRunEvent } from './eventsOfRuns.ts';
import { admitInstruments } from './instruments.ts';
import { writeRows } from './marketRows.ts';
import { requireFence } from './fence.ts';
import { recodeInstruments } from './recode.ts';
import type {
  CoverageGain,
  ItemCommit,
  RowsWritten,
  RowWrite,
  RunId,
  ShardClaim,
} from '../ports/runStore.ts';

/**
 * The commit of a batch of items: fence, rows, quarantine, coverage, outcomes, counters and event in
 * one transaction. A kill at any moment leaves all of it or nothing. What is committed already, by a call
 * whose answer was lost on the way, is left out.
 */
export async function commitItems(
  db: Database,
  claim: ShardClaim,
  batch: readonly ItemCommit[],
): Promise<RowsWritten> {
  return busyTransaction(db, async (tx) => {
    await requireFence(tx, claim);
    const commits = await uncommitted(tx, claim, batch);
    if (commits.length === 0) return { inserted: 0, updated: 0, unchanged: 0 };
    const { now } = await tx.one<{ now: Instant }>(sql`SELECT tapekeeper.now() AS now`);
    // before the list with the new codes is written, so that they are not taken for new instruments
    await recodeInstruments(tx, recodings(commits));
    const written = await writeAll(tx, claim.runId, commits, now);
    await holdQuarantine(tx, claim.runId, commits);
    await noteFlags(tx, claim.runId, commits);
    await recordGains(
      tx,
      claim.runId,
      commits.flatMap((commit) => commit.gains),
    );
    await closeItems(tx, claim, commits);
    await noteAttempts(tx, claim, commits);
    await noteExceptions(tx, claim.runId, commits);
    await countOnShard(tx, claim, commits, written);
    const done = { shardNo: claim.shardNo, items: commits.length, rows: written.inserted };
    await emitRunEvent(tx, claim.runId, done, 'progress');
    return written;
  });
}

function recodings(commits: readonly ItemCommit[]): readonly Extract<CoverageGain, { kind: 'recoded' }>[] {
  return commits.flatMap(({ gains }) => gains.filter((gain) => gain.kind === 'recoded'));
}

async function uncommitted(
  tx: Transaction,
  claim: ShardClaim,
  batch: readonly ItemCommit[],
): Promise<readonly ItemCommit[]> {
  const running = await tx.rows<{ no: number }>(sql`
    SELECT no FROM tapekeeper.item
    WHERE run_id = ${claim.runId} AND no = ANY(${batch.map((commit) => commit.itemNo)}::int[]) AND state = 'running'`);
  const open = new Set(running.map((item) => item.no));
  return batch.filter((commit) => open.has(commit.itemNo));
}

/** Rows of several items that go to one table in one way travel in one copy. */
async function writeAll(
  tx: Transaction,
  runId: RunId,
  commits: readonly ItemCommit[],
  now: Instant,
): Promise<RowsWritten> {
  const writes = commits.flatMap((commit) => commit.writes);
  const groups = Map.groupBy(writes, (write) =>
    [write.dataset, write.source, write.mode, ...write.columns].join(' '),
  );
  const total = { inserted: 0, updated: 0, unchanged: 0 };
  for (const group of groups.values()) {
    const joined: RowWrite = { ...(group[0] as RowWrite), rows: group.flatMap((write) => write.rows) };
    if (joined.dataset === 'stock_basics' || joined.dataset === 'index_basics')
      await admitInstruments(tx, joined);
    const written = await writeRows(tx, joined, { runId, knownAt: now });
    total.inserted += written.inserted;
    total.updated += written.updated;
    total.unchanged += written.unchanged;
  }
  return total;
}

async function holdQuarantine(tx: Transaction, runId: RunId, commits: readonly ItemCommit[]): Promise<void> {
  const rows = commits.flatMap((commit) =>
    commit.quarantined.map((row) => ({ ...row, itemNo: commit.itemNo })),
  );
  if (rows.length === 0) return;
  await tx.rows(sql`
    INSERT INTO tapekeeper.quarantine (dataset, symbol, day, source, run_id, item_no, rule, detail, row)
    SELECT dataset, symbol, day, source, ${runId}, item_no, rule, detail, row FROM unnest(
      ${rows.map((row) => row.dataset)}::text[], ${rows.map((row) => row.symbol)}::text[],
      ${rows.map((row) => row.day)}::date[], ${rows.map((row) => row.source)}::text[],
      ${rows.map((row) => row.itemNo)}::int[], ${rows.map((row) => row.rule)}::text[],
      ${rows.map((row) => row.detail)}::text[], ${rows.map((row) => JSON.stringify(row.row))}::jsonb[]
    ) AS new (dataset, symbol, day, source, item_no, rule, detail, row)
    ON CONFLICT (dataset, source, rule, md5(row::text)) WHERE state = 'held' DO NOTHING`);
}

async function noteFlags(tx: Transaction, runId: RunId, commits: readonly ItemCommit[]): Promise<void> {
  const flags = commits.flatMap((commit) => commit.flags);
  if (flags.length === 0) return;
  await tx.rows(sql`
    INSERT INTO tapekeeper.row_flag (dataset, symbol, day, rule, detail, run_id)
    SELECT DISTINCT ON (dataset, symbol, day, rule) dataset, symbol, day, rule, detail, ${runId} FROM unnest(
      ${flags.map((flag) => flag.dataset)}::text[], ${flags.map((flag) => flag.symbol)}::text[],
      ${flags.map((flag) => flag.day)}::date[], ${flags.map((flag) => flag.rule)}::text[],
      ${flags.map((flag) => flag.detail)}::text[]) AS new (dataset, symbol, day, rule, detail)
    ON CONFLICT (dataset, symbol, day, rule) DO UPDATE SET detail = EXCLUDED.detail, run_id = EXCLUDED.run_id`);
}

async function closeItems(tx: Transaction, claim: ShardClaim, commits: readonly ItemCommit[]): Promise<void> {
  await tx.rows(sql`
    UPDATE tapekeeper.item AS i SET state = c.state, outcome = c.outcome, counts = c.counts, error_code = c.error_code,
      rows_written = c.rows, finished_at = CASE WHEN c.state = 'pending' THEN NULL ELSE tapekeeper.now() END
    FROM unnest(
      ${commits.map((commit) => commit.itemNo)}::int[], ${commits.map((commit) => commit.state)}::text[],
      ${commits.map((commit) => commit.outcome)}::text[], ${commits.map((commit) => JSON.stringify(commit.counts))}::jsonb[],
      ${commits.map((commit) => commit.error?.code ?? null)}::text[],
      ${commits.map((commit) => commit.writes.reduce((sum, write) => sum + write.rows.length, 0))}::int[]
    ) AS c (no, state, outcome, counts, error_code, rows)
    WHERE i.run_id = ${claim.runId} AND i.no = c.no AND i.no = ANY(${commits.map((commit) => commit.itemNo)}::int[])`);
}

async function noteAttempts(
  tx: Transaction,
  claim: ShardClaim,
  commits: readonly ItemCommit[],
): Promise<void> {
  const tries = commits.flatMap((commit) =>
    commit.attempts.map((attempt) => ({ ...attempt, itemNo: commit.itemNo })),
  );
  if (tries.length === 0) return;
  await tx.rows(sql`
    INSERT INTO tapekeeper.attempt
      (run_id, item_no, no, source, worker_id, started_at, ended_at, calls, rows, error_code, error_message)
    SELECT ${claim.runId}, item_no,
      (SELECT count(*) FROM tapekeeper.attempt a WHERE a.run_id = ${claim.runId} AND a.item_no = new.item_no)
        + row_number() OVER (PARTITION BY item_no ORDER BY place),
      source, ${claim.workerId}, to_timestamp(started / 1000), to_timestamp(ended / 1000), calls, rows, code, message
    FROM unnest(
      ${tries.map((attempt) => attempt.itemNo)}::int[], ${tries.map((attempt) => attempt.source)}::text[],
      ${tries.map((attempt) => attempt.startedAt)}::float8[], ${tries.map((attempt) => attempt.endedAt)}::float8[],
      ${tries.map((attempt) => attempt.calls)}::int[], ${tries.map((attempt) => attempt.rows)}::int[],
      ${tries.map((attempt) => attempt.error?.code ?? null)}::text[],
      ${tries.map((attempt) => attempt.error?.message ?? null)}::text[]
    ) WITH ORDINALITY AS new (item_no, source, started, ended, calls, rows, code, message, place)`);
}

async function noteExceptions(tx: Transaction, runId: RunId, commits: readonly ItemCommit[]): Promise<void> {
  const rows = commits.flatMap((commit) =>
    commit.exceptions.map((row) => ({ ...row, itemNo: commit.itemNo })),
  );
  if (rows.length === 0) return;
  await tx.rows(sql`
    INSERT INTO tapekeeper.symbol_outcome (run_id, item_no, instrument_id, outcome, source, cells, detail)
    SELECT ${runId}, item_no, instrument_id, outcome, source, cells, detail FROM unnest(
      ${rows.map((row) => row.itemNo)}::int[], ${rows.map((row) => row.instrumentId)}::int[],
      ${rows.map((row) => row.outcome)}::text[], ${rows.map((row) => row.source)}::text[],
      ${rows.map((row) => row.cells)}::int[], ${rows.map((row) => row.detail)}::text[]
    ) AS new (item_no, instrument_id, outcome, source, cells, detail)
    ON CONFLICT (run_id, instrument_id, item_no, outcome) DO UPDATE
      SET cells = EXCLUDED.cells, source = EXCLUDED.source, detail = EXCLUDED.detail`);
}

async function countOnShard(
  tx: Transaction,
  claim: ShardClaim,
  commits: readonly ItemCommit[],
  written: RowsWritten,
): Promise<void> {
  const outcomes: Partial<Record<SymbolOutcome, number>> = {};
  for (const commit of commits) {
    for (const [outcome, count] of Object.entries(commit.counts) as [SymbolOutcome, number][]) {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
    }
  }
  const tries = commits.flatMap((commit) => commit.attempts);
  const last = commits.at(-1);
  await tx.rows(sql`
    UPDATE tapekeeper.shard AS s SET
      items_done = items_done + ${commits.filter((commit) => commit.state === 'done').length},
      items_failed = items_failed + ${commits.filter((commit) => commit.state === 'failed').length},
      troubles = 0,
      rows_written = rows_written + ${written.inserted + written.updated},
      rows_unchanged = rows_unchanged + ${written.unchanged},
      calls = calls + ${tries.reduce((sum, attempt) => sum + attempt.calls, 0)},
      bytes = bytes + ${commits.reduce((sum, commit) => sum + commit.bytes, 0)},
      last_symbol = coalesce(${last?.lastSymbol ?? null}, last_symbol),
      last_source = coalesce(${tries.at(-1)?.source ?? null}, last_source),
      outcomes = (
        SELECT coalesce(jsonb_object_agg(key, total), '{}') FROM (
          SELECT key, sum(value::bigint) AS total FROM (
            SELECT * FROM jsonb_each_text(s.outcomes) UNION ALL SELECT * FROM jsonb_each_text(${JSON.stringify(outcomes)}::jsonb)
          ) AS both_sides GROUP BY key) AS sums)
    WHERE run_id = ${claim.runId} AND no = ${claim.shardNo}`);
}
