import { sql, type Database, type Transaction } from './connection.ts';
import { addDispatch } from './dispatch.ts';
import { emitRescued, emitWorkers } from './eventsOfWorkers.ts';
import { recordDecision } from './operations.ts';
import type { Rescued, RunId, WorkerId } from '../ports/runStore.ts';

interface FreedShard {
  readonly run_id: RunId;
  readonly no: number;
  readonly dispatch: number;
}

/**
 * Takes shards out of dead workers' hands: the fence rises, so that a late write fails, running items
 * go back, and a new dispatch is queued. Those of a run that is to end or to pause are left to the scan
 * that settles such requests. Worker leases on sources end with them.
 */
export async function freeShardsOfWorkers(
  tx: Transaction,
  workers: readonly WorkerId[],
): Promise<readonly FreedShard[]> {
  if (workers.length === 0) return [];
  await endTransactionsOf(tx, workers);
  await tx.rows(sql`
    UPDATE tapekeeper.source_lease SET worker_id = NULL, fence = fence + 1 WHERE worker_id = ANY(${[...workers]}::bigint[])`);
  const freed = await tx.rows<FreedShard & { readonly queue: boolean }>(sql`
    UPDATE tapekeeper.shard AS s SET worker_id = NULL, fence = fence + 1, dispatch = dispatch + 1, updated_at = tapekeeper.now()
    WHERE worker_id = ANY(${[...workers]}::bigint[]) AND open
    RETURNING run_id, no, dispatch,
      (SELECT r.stop IS NULL AND r.pause_asked_at IS NULL FROM tapekeeper.run r WHERE r.id = s.run_id) AS queue`);
  for (const shard of freed) {
    await tx.rows(sql`
      UPDATE tapekeeper.item SET state = 'pending'
      WHERE run_id = ${shard.run_id} AND shard_no = ${shard.no} AND state = 'running'`);
    if (shard.queue)
      await addDispatch(tx, { runId: shard.run_id, shardNo: shard.no, dispatch: shard.dispatch, delayMs: 0 });
  }
  return freed;
}

/** Runs that one line of the audit log names. */
const NAMED_RUNS = 100;

/** The same for workers that nobody has stopped in order: each whose shards go to others is told of in the audit log. */
export async function rescueShardsOf(
  tx: Transaction,
  workers: readonly WorkerId[],
): Promise<readonly FreedShard[]> {
  const rescued: FreedShard[] = [];
  for (const worker of [...new Set(workers)].toSorted((a, b) => a - b)) {
    const freed = await freeShardsOfWorkers(tx, [worker]);
    if (freed.length === 0) continue;
    rescued.push(...freed);
    const runs = [...new Set(freed.map((shard) => shard.run_id))].slice(0, NAMED_RUNS);
    await recordDecision(tx, 'autoShardsRescued', {
      kind: 'worker',
      id: String(worker),
      before: null,
      after: { shards: freed.length, runs },
    });
  }
  return rescued;
}

/**
 * Ends transactions in which given-up workers still have their shards locked. A process that froze in the
 * middle of a commit would otherwise keep everybody waiting for as long as it is frozen: the server does
 * not take a client that stops in the middle of a COPY for an idle one.
 */
async function endTransactionsOf(tx: Transaction, workers: readonly WorkerId[]): Promise<void> {
  await tx.rows(sql`
    SELECT pg_terminate_backend(a.pid)
    FROM tapekeeper.shard s JOIN tapekeeper.worker w ON w.id = s.worker_id
    JOIN pg_locks l ON l.locktype = 'transactionid' AND l.transactionid = s.xmax AND l.granted
    JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE w.id = ANY(${[...workers]}::bigint[]) AND s.open
      AND a.xact_start < w.stopped_at AND a.usename = current_user AND a.pid <> pg_backend_pid()`);
}

/** Stopped workers that hold shards all the same: a claim was under way when they were given up. */
async function stoppedHolders(tx: Transaction): Promise<readonly { id: WorkerId }[]> {
  return tx.rows<{ id: WorkerId }>(sql`
    SELECT DISTINCT w.id FROM tapekeeper.shard s JOIN tapekeeper.worker w ON w.id = s.worker_id
    WHERE s.worker_id IS NOT NULL AND s.open AND w.stopped_at IS NOT NULL`);
}

/**
 * Open shards of run `r` of some kind, locked; those that are locked already are left out. As a query of
 * its own for each open run it finds them by index: a planner that knows of no open runs, since they are
 * new, would else meet every shard with every run.
 */
const shardsOfRun = (where: ReturnType<typeof sql>) => sql`
  SELECT s.run_id, s.no FROM tapekeeper.shard s
  WHERE s.run_id = r.id AND s.open AND ${where} FOR UPDATE SKIP LOCKED`;

/** Open shards that nobody holds and no dispatch waits for: a queue row was lost, or its worker died before the claim. */
async function requeueLostDispatches(tx: Transaction): Promise<readonly Rescued[]> {
  const lost = await tx.rows<FreedShard & { readonly delay: number }>(sql`
    UPDATE tapekeeper.shard AS s SET dispatch = s.dispatch + 1, updated_at = tapekeeper.now()
    FROM (
      SELECT lost.run_id, lost.no, r.retry_at FROM tapekeeper.run r
      CROSS JOIN LATERAL (${shardsOfRun(sql`
        s.worker_id IS NULL AND NOT s.waits_for_runs AND NOT s.waits_for_shards
        AND s.updated_at < tapekeeper.now() - interval '4 seconds'
        AND NOT EXISTS (
          SELECT 1 FROM graphile_worker.jobs j
          WHERE j.key = 'shard:' || s.run_id || ':' || s.no AND j.locked_at IS NULL AND j.attempts < j.max_attempts)`)}
      ) AS lost
      WHERE r.state IN ('pending', 'running', 'paused') AND r.state <> 'paused' AND r.stop IS NULL
        AND r.pause_asked_at IS NULL AND NOT r.waits_for_turn
    ) AS found
    WHERE s.run_id = found.run_id AND s.no = found.no
    RETURNING s.run_id, s.no, s.dispatch,
      coalesce(greatest(0, extract(epoch FROM found.retry_at - tapekeeper.now()) * 1000), 0)::float8 AS delay`);
  for (const { run_id: runId, no: shardNo, dispatch, delay } of lost)
    await addDispatch(tx, { runId, shardNo, dispatch, delayMs: delay });
  const rescued = lost.map((shard) => ({
    runId: shard.run_id,
    shardNo: shard.no,
    why: 'lost_dispatch' as const,
  }));
  await emitRescued(tx, rescued);
  return rescued;
}

/** Shards whose children have all ended without waking them. Children are found by their parent, not among all open runs. */
async function wakeWaitingShards(tx: Transaction): Promise<readonly Rescued[]> {
  const waiting = await tx.rows<FreedShard>(sql`
    UPDATE tapekeeper.shard AS s SET waits_for_runs = false, dispatch = s.dispatch + 1, updated_at = tapekeeper.now()
    FROM (
      SELECT waiting.run_id, waiting.no FROM tapekeeper.run r
      CROSS JOIN LATERAL (${shardsOfRun(sql`
        s.waits_for_runs AND NOT EXISTS (
          SELECT 1 FROM (SELECT state FROM tapekeeper.run WHERE parent_run_id = r.id OFFSET 0) AS child
          WHERE child.state IN ('pending', 'running', 'paused'))`)}
      ) AS waiting
      WHERE r.state IN ('pending', 'running', 'paused') AND NOT r.waits_for_turn
    ) AS found
    WHERE s.run_id = found.run_id AND s.no = found.no
    RETURNING s.run_id, s.no, s.dispatch`);
  for (const { run_id: runId, no: shardNo, dispatch } of waiting)
    await addDispatch(tx, { runId, shardNo, dispatch, delayMs: 0 });
  return waiting.map((shard) => ({
    runId: shard.run_id,
    shardNo: shard.no,
    why: 'requirement_done' as const,
  }));
}

/**
 * One rescue scan. A worker is silent when its newest sign of life (its start, before the first
 * heartbeat) is older than `silentMs`; age of the work itself never counts.
 */
export async function rescue(db: Database, silentMs: number): Promise<readonly Rescued[]> {
  const freed = await db.transaction(async (tx) => {
    const silent = await tx.rows<{ id: number }>(sql`
      UPDATE tapekeeper.worker SET stopped_at = tapekeeper.now() WHERE id IN (
        SELECT id FROM tapekeeper.worker
        WHERE stopped_at IS NULL
          AND coalesce(heartbeat_at, started_at) < tapekeeper.now() - make_interval(secs => ${silentMs / 1000})
        -- not FOR UPDATE: who holds a shard still has to see that its worker exists
        FOR NO KEY UPDATE SKIP LOCKED)
      RETURNING id`);
    const silentIds = silent.map((row) => row.id);
    await emitWorkers(tx, silentIds, 'silent');
    const shards = await rescueShardsOf(
      tx,
      [...silent, ...(await stoppedHolders(tx))].map((row) => row.id),
    );
    const rescued = shards.map((shard) => ({
      runId: shard.run_id,
      shardNo: shard.no,
      why: 'silent_worker' as const,
    }));
    await emitRescued(tx, rescued);
    return rescued;
  });
  const requeued = await db.transaction(requeueLostDispatches);
  const woken = await db.transaction(wakeWaitingShards);
  // Queue rows of dead workers stay locked for hours, failed ones for ever; ours are superseded, so the
  // old ones only take room.
  await db.rows(sql`
    DELETE FROM graphile_worker._private_jobs
    WHERE attempts >= max_attempts AND coalesce(locked_at, updated_at) < clock_timestamp() - interval '10 minutes'`);
  return [...freed, ...requeued, ...woken];
}

/** Runs that are open without a beating worker or a queued dispatch on any open shard, with for how long. */
export async function strandedRuns(db: Database): Promise<readonly { runId: RunId; ms: number }[]> {
  return db.rows(sql`
    SELECT r.id AS "runId", (extract(epoch FROM tapekeeper.now() - min(s.updated_at)) * 1000)::float8 AS ms
    FROM tapekeeper.run r CROSS JOIN LATERAL (
      SELECT s.updated_at FROM tapekeeper.shard s
      WHERE s.run_id = r.id AND s.open AND NOT s.waits_for_runs AND NOT s.waits_for_shards
        AND NOT ${isBeating(sql`s.worker_id`)}
        AND NOT EXISTS (
          SELECT 1 FROM graphile_worker.jobs j
          WHERE j.key = 'shard:' || s.run_id || ':' || s.no AND j.locked_at IS NULL)
      OFFSET 0
    ) AS s
    WHERE r.state IN ('pending', 'running', 'paused') AND r.state <> 'paused' AND NOT r.waits_for_turn
      -- one that is to end or to pause has no dispatches any more: it is stranded when nobody works on it either
      AND NOT ((r.stop IS NOT NULL OR r.pause_asked_at IS NOT NULL) AND EXISTS (
        SELECT 1 FROM tapekeeper.shard h WHERE h.run_id = r.id AND h.open AND ${isBeating(sql`h.worker_id`)}))
    GROUP BY r.id`);
}

const isBeating = (worker: ReturnType<typeof sql>) => sql`
  EXISTS (
    SELECT 1 FROM tapekeeper.worker w
    WHERE w.id = ${worker} AND w.stopped_at IS NULL
      AND coalesce(w.heartbeat_at, w.started_at) >= tapekeeper.now() - interval '15 seconds')`;
