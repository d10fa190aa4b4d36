import type { RunState } from '@tapekeeper/core';
import { noteBackup } from '../backups.ts';
import { sql, type Database, type Transaction } from '../connection.ts';
import { emitRunEvent } from '../eventsOfRuns.ts';
import { requireFence } from '../fence.ts';
import { recordDecision } from '../operations.ts';
import * as retention from '../retention.ts';
import { endRun } from '../runEnd.ts';
import { lockHeldRun } from '../runLock.ts';
import * as statistics from '../statistics/tableSizes.ts';
import type {
  LogLine,
  RunControlStore,
  RunStep,
  StepNote,
  StoredLogLine,
  TaskEnd,
} from '../../ports/runControlStore.ts';
import type { RunId, ShardClaim } from '../../ports/runStore.ts';
import type { TaskStore } from '../../ports/taskStore.ts';
import * as processes from './processes.ts';

type TaskControl = Pick<
  RunControlStore,
  'noteSteps' | 'appendLog' | 'endTask' | 'runSteps' | 'runLog' | 'runLogTail'
>;

/** What runs in one piece tell while they work, how they end, and what they ask of the database. */
export function createTaskStore(db: Database): TaskControl & TaskStore {
  return {
    noteSteps: (claim, steps) => noteSteps(db, claim, steps),
    appendLog: (claim, lines) => appendLog(db, claim, lines),
    endTask: (claim, end) => endTask(db, claim, end),
    runSteps: (id) => runSteps(db, id),
    runLog: (id, after, limit) => runLog(db, id, after, limit),
    runLogTail: (id, limit) => runLogTail(db, id, limit),

    noteBackup: (backup) => noteBackup(db, backup),
    tableSize: (dataset) => statistics.tableSize(db, dataset),
    saveStatistics: (run, taken) => statistics.saveStatistics(db, run, taken),
    latestStatistics: () => statistics.latestStatistics(db),
    retentionFacts: (days, countLimit) => retention.retentionFacts(db, days, countLimit),
    dropDetailSlice: (slice, keepDays) => retention.dropDetailSlice(db, slice, keepDays),
    sweepDetails: (before, runs) => retention.sweepDetails(db, before, runs),
    sweepRuns: (before, limit) => retention.sweepRuns(db, before, limit),
    sweepFires: (days, after, limit) => retention.sweepFires(db, days, after, limit),
    sweepEvents: (days, limit) => retention.sweepEvents(db, days, limit),
    sweepQuarantine: (days, limit) => retention.sweepQuarantine(db, days, limit),
    sweepNotices: (days, after, limit) => retention.sweepNotices(db, days, after, limit),
    sweepIncidents: (days, after, limit) => retention.sweepIncidents(db, days, after, limit),
    sweepFreshness: (days) => retention.sweepFreshness(db, days),
    beginProcess: (claim, begun) => processes.beginProcess(db, claim, begun),
    forgetProcess: (process) => processes.forgetProcess(db, process),
    leftoverProcesses: (host) => processes.leftoverProcesses(db, host),
  };
}

/** A step that is pending again has not begun, whatever an attempt before had made of it. */
export async function noteSteps(db: Database, claim: ShardClaim, steps: readonly StepNote[]): Promise<void> {
  await db.transaction(async (tx) => {
    await requireFence(tx, claim);
    if (steps.length === 0) return;
    await tx.rows(sql`
      INSERT INTO tapekeeper.step AS s
        (run_id, no, name, state, weight, estimated_ms, done, total, detail, started_at, finished_at)
      SELECT ${claim.runId}, no, name, state, weight, estimated_ms, done, total, detail,
        CASE WHEN state IN ('running', 'done', 'failed') THEN tapekeeper.now() END,
        CASE WHEN state NOT IN ('pending', 'running') THEN tapekeeper.now() END
      FROM unnest(
        ${steps.map((step) => step.no)}::int[], ${steps.map((step) => step.name)}::text[],
        ${steps.map((step) => step.state)}::text[], ${steps.map((step) => step.weight)}::real[],
        ${steps.map((step) => whole(step.estimatedMs))}::bigint[], ${steps.map((step) => whole(step.done) ?? 0)}::bigint[],
        ${steps.map((step) => whole(step.total) ?? 0)}::bigint[], ${steps.map((step) => step.detail ?? null)}::text[]
      ) AS new (no, name, state, weight, estimated_ms, done, total, detail)
      ON CONFLICT (run_id, no) DO UPDATE SET
        name = EXCLUDED.name, state = EXCLUDED.state, weight = EXCLUDED.weight,
        estimated_ms = EXCLUDED.estimated_ms, done = EXCLUDED.done, total = EXCLUDED.total, detail = EXCLUDED.detail,
        started_at = CASE WHEN EXCLUDED.state <> 'pending' THEN coalesce(s.started_at, EXCLUDED.started_at) END,
        finished_at = CASE WHEN EXCLUDED.finished_at IS NOT NULL THEN coalesce(s.finished_at, EXCLUDED.finished_at) END`);
    const told = steps.map(({ no, name, state, done = 0, total = 0 }) => ({ no, name, state, done, total }));
    await emitRunEvent(tx, claim.runId, { steps: told }, 'step');
  });
}

function whole(count: number | null | undefined): number | null {
  return count === null || count === undefined ? null : Math.round(count);
}

/** Lines keep the order in which they are given; the server takes no NUL into a text. */
export async function appendLog(db: Database, claim: ShardClaim, lines: readonly LogLine[]): Promise<void> {
  if (lines.length === 0) return;
  await db.transaction(async (tx) => {
    await requireFence(tx, claim);
    await tx.rows(sql`
      INSERT INTO tapekeeper.run_log (run_id, stream, line)
      SELECT ${claim.runId}, stream, line FROM unnest(
        ${lines.map((line) => line.stream)}::text[], ${lines.map((line) => line.line.replaceAll('\0', '\uFFFD'))}::text[]
      ) WITH ORDINALITY AS new (stream, line, place)
      ORDER BY place`);
  });
}

/** The result, the last states of the steps and the end of the run are one. */
export async function endTask(db: Database, claim: ShardClaim, end: TaskEnd): Promise<RunState> {
  return db.transaction(async (tx) => {
    await lockHeldRun(tx, claim);
    await closeSteps(tx, claim.runId, end.state === 'failed' ? 'failed' : 'done');
    await tx.rows(sql`
      UPDATE tapekeeper.shard SET open = false, worker_id = NULL, fence = fence + 1
      WHERE run_id = ${claim.runId} AND no = ${claim.shardNo}`);
    await tx.rows(sql`
      UPDATE tapekeeper.run SET result = ${JSON.stringify(end.result)}::jsonb WHERE id = ${claim.runId}`);
    await endRun(tx, claim.runId, end.state, end.error);
    if (end.decision !== undefined) {
      const { action, after } = end.decision;
      await recordDecision(tx, action, { kind: 'run', id: String(claim.runId), before: null, after });
    }
    return end.state;
  });
}

async function closeSteps(tx: Transaction, runId: RunId, state: 'done' | 'failed'): Promise<void> {
  await tx.rows(sql`
    UPDATE tapekeeper.step SET state = CASE state WHEN 'running' THEN ${state} ELSE 'skipped' END,
      finished_at = tapekeeper.now()
    WHERE run_id = ${runId} AND state IN ('pending', 'running')`);
}

/** Steps that a run left open are told by how the run ended. */
export async function runSteps(db: Database, id: RunId): Promise<readonly RunStep[]> {
  return db.rows(sql`
    SELECT s.no, s.name, s.weight::float8 AS weight, s.estimated_ms AS "estimatedMs", s.done, s.total, s.detail,
      s.started_at AS "startedAt",
      CASE WHEN s.state = 'running' THEN r.finished_at ELSE s.finished_at END AS "finishedAt",
      CASE
        WHEN r.finished_at IS NULL OR s.state NOT IN ('pending', 'running') THEN s.state
        WHEN r.state = 'cancelled' THEN 'cancelled'
        WHEN s.state = 'pending' THEN 'skipped'
        WHEN r.state = 'failed' THEN 'failed'
        ELSE 'done'
      END AS state
    FROM tapekeeper.step s JOIN tapekeeper.run r ON r.id = s.run_id
    WHERE s.run_id = ${id} ORDER BY s.no`);
}

export async function runLog(
  db: Database,
  id: RunId,
  after: number,
  limit: number,
): Promise<readonly StoredLogLine[]> {
  return db.rows(sql`
    SELECT no, at, stream, line FROM tapekeeper.run_log
    WHERE run_id = ${id} AND no > ${after} ORDER BY no LIMIT ${limit}`);
}

export async function runLogTail(db: Database, id: RunId, limit: number): Promise<readonly StoredLogLine[]> {
  const newest = await db.rows<StoredLogLine>(sql`
    SELECT no, at, stream, line FROM tapekeeper.run_log WHERE run_id = ${id} ORDER BY no DESC LIMIT ${limit}`);
  return newest.toReversed();
}
