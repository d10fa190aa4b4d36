import { isAppError } from '@tapekeeper/core';
import type { RunControlStore } from '../../ports/runControlStore.ts';
import type { RunId } from '../../ports/runStore.ts';
import { sql, type Database, type Transaction } from '../connection.ts';
import { recordDecision } from '../operations.ts';
import { lockRun } from '../runLock.ts';
import { settleRequests } from './requests.ts';
import { stopRunIn, wishOfParent } from './stops.ts';

/** Most runs that one scan ends for one reason; the next scan goes on. */
const MOST_A_SCAN = 100;

type Enforced = Awaited<ReturnType<RunControlStore['enforceStops']>>[number];

/**
 * Mends what was asked of runs and has not come about: limits that have passed, stops that take longer
 * than the grace, children of runs that have ended, and requests that the last worker left without settling.
 */
export async function enforceStops(db: Database, graceMs: number): Promise<readonly Enforced[]> {
  const timedOut = await each(db, await pastDeadline(db), async (tx, { id, seconds }) => {
    const reason = `${seconds} s`;
    const state = await stopRunIn(
      tx,
      id,
      { end: 'failed', code: 'timed_out', reason, by: 'tapekeeper' },
      false,
    );
    const after = { state, timeoutSeconds: seconds };
    await recordDecision(tx, 'autoRunTimedOut', { kind: 'run', id: String(id), before: null, after });
  });
  await each(db, await leftByParents(db), async (tx, { id, parent }) => {
    await stopRunIn(tx, id, wishOfParent(parent), false);
  });
  await each(db, await leftUnsettled(db), async (tx, { id }) => {
    const run = await lockRun(tx, id);
    if (run !== undefined) await settleRequests(tx, run);
  });
  const forced = await each(db, await pastGrace(db, graceMs), async (tx, { id }) => {
    const run = await lockRun(tx, id);
    if (run === undefined || run.stop === null) return;
    const before = { state: run.state, stop: run.stop };
    const state = await stopRunIn(tx, id, run.stop, true);
    await recordDecision(tx, 'autoRunForced', { kind: 'run', id: String(id), before, after: { state } });
  });
  return [
    ...timedOut.map(({ id }) => ({ runId: id, what: 'timed_out' as const })),
    ...forced.map(({ id }) => ({ runId: id, what: 'forced' as const })),
  ];
}

interface Found {
  readonly id: RunId;
}

async function pastDeadline(db: Database): Promise<readonly (Found & { readonly seconds: number })[]> {
  return db.rows(sql`
    SELECT id, timeout_seconds AS seconds FROM tapekeeper.run
    WHERE deadline_at <= tapekeeper.now() AND state IN ('pending', 'running', 'paused') AND state <> 'paused'
      AND stop IS NULL AND pause_asked_at IS NULL
    ORDER BY deadline_at LIMIT ${MOST_A_SCAN}`);
}

async function pastGrace(db: Database, graceMs: number): Promise<readonly Found[]> {
  return db.rows(sql`
    SELECT id FROM tapekeeper.run
    WHERE stop IS NOT NULL AND state IN ('pending', 'running', 'paused')
      AND stop_asked_at <= tapekeeper.now() - make_interval(secs => ${graceMs / 1000})
    ORDER BY stop_asked_at LIMIT ${MOST_A_SCAN}`);
}

async function leftByParents(db: Database): Promise<readonly (Found & { readonly parent: RunId })[]> {
  return db.rows(sql`
    SELECT child.id, parent.id AS parent FROM tapekeeper.run child JOIN tapekeeper.run parent ON parent.id = child.parent_run_id
    WHERE child.state IN ('pending', 'running', 'paused') AND child.stop IS NULL
      AND (parent.stop IS NOT NULL OR parent.state IN ('failed', 'cancelled'))
    ORDER BY child.id LIMIT ${MOST_A_SCAN}`);
}

/** To end or to pause, and nobody works on them: their worker has died, or let them go in another way. */
async function leftUnsettled(db: Database): Promise<readonly Found[]> {
  return db.rows(sql`
    SELECT r.id FROM tapekeeper.run r
    WHERE ((r.state IN ('pending', 'running', 'paused') AND r.stop IS NOT NULL)
        OR ((r.state = 'running' OR r.state = 'pending' AND NOT r.waits_for_turn) AND r.pause_asked_at IS NOT NULL))
      AND r.state IN ('pending', 'running', 'paused')
      AND NOT EXISTS (SELECT 1 FROM tapekeeper.shard s WHERE s.run_id = r.id AND s.open AND s.worker_id IS NOT NULL)
    ORDER BY r.id LIMIT ${MOST_A_SCAN}`);
}

/** SQLSTATE of a lock that was not given in time. */
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * One transaction a run, so that one that is locked for long holds nobody else up; it is met again by the
 * next scan. Returns those that it was done for.
 */
async function each<T extends Found>(
  db: Database,
  found: readonly T[],
  work: (tx: Transaction, one: T) => Promise<void>,
): Promise<readonly T[]> {
  const done: T[] = [];
  for (const one of found) {
    try {
      await db.transaction(async (tx) => {
        await tx.rows(sql`SET LOCAL lock_timeout = '2s'`);
        await work(tx, one);
      });
      done.push(one);
    } catch (error) {
      if (!isAppError(error, 'run_over') && !isAppError(error, 'unknown_run') && !isLocked(error))
        throw error;
    }
  }
  return done;
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE;
}
