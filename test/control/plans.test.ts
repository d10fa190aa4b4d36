import { AppError, DEFAULT_POLICIES } from '@tapekeeper/core';
import { expect, it, vi } from 'vitest';
import type { StopWish } from '../../packages/server/src/ports/runControlStore.ts';
import type { NewRun, RunId, ShardClaim } from '../../packages/server/src/ports/runStore.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { claimFirst, commitOf, newItem, newRun, savePlan } from '../conformance/store/stand.ts';
import { fillHistory } from '../support/history.ts';
import { usePlans, type PlanStand } from '../support/plans.ts';
import { addWorker } from '../support/queue.ts';

// What people and workers do to a run costs the same, however many runs there have been.

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const GROWING = [
  'worker',
  'run',
  'shard',
  'item',
  'attempt',
  'symbol_outcome',
  'step',
  'run_attempt',
  'run_log',
  'after_due',
];
const HISTORY = { runs: 19_000, itemsARun: 3 };
/** Runs that wait for their turn, of which the scan for turns reads all. */
const WAITING = 300;
const MOST_ROWS = 2 * WAITING;

const STOP: StopWish = { end: 'cancelled', code: 'cancelled', reason: '', by: 'somebody' };

const plans = usePlans('control_plans', async (stand) => {
  const { owner } = stand;
  await fillHistory(owner, HISTORY);
  await owner.rows(sql`
    UPDATE tapekeeper.run SET job_id = 1 + id % 20, concurrency_group = 'g' || id % 20, priority = 'backfill'`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.run_attempt (run_id, no, started_at, ended_at)
    SELECT id, 1, started_at, finished_at FROM tapekeeper.run`);
  await owner.rows(
    sql`INSERT INTO tapekeeper.step (run_id, no, name, state) SELECT id, 1, 'x', 'done' FROM tapekeeper.run`,
  );
  await owner.rows(sql`
    INSERT INTO tapekeeper.run_log (run_id, stream, line) SELECT id, 'out', 'x' FROM tapekeeper.run, generate_series(1, 3)`);
  await owner.rows(sql`VACUUM (ANALYZE)`);
  await walk(createStore(stand.db), stand.at);
});

async function walk(store: Store, at: PlanStand['at']): Promise<void> {
  const policies = { ...DEFAULT_POLICIES, timeoutSeconds: 60, group: 'g1' };
  const ofJob = (rest: Partial<NewRun> = {}): NewRun => newRun({ jobId: 1, policies, ...rest });
  const workerId = await at('registerWorker', () => addWorker(store));
  const begun = async (rest: Partial<NewRun> = {}): Promise<{ id: RunId; claim: ShardClaim }> => {
    const id = await at('createRun', () => store.createRun(ofJob(rest)));
    return { id, claim: await at('claimShard', () => claimFirst(store, id, 0, workerId)) };
  };
  const fetching = async (): Promise<{ id: RunId; claim: ShardClaim }> => {
    const { id, claim } = await begun();
    await at('savePlan', () => savePlan(store, claim, [[newItem(), newItem({ instrumentId: 2 })]]));
    return { id, claim: await at('claimShard', () => claimFirst(store, id, 1, workerId)) };
  };
  const fault = new AppError('internal', { message: 'x' });

  const { id, claim } = await fetching();
  const [item] = await store.takeItems(claim, 1);
  await store.commitItems(claim, [commitOf(item?.no ?? 0)]);
  await at('signalsFor', () => store.signalsFor(workerId));
  await at('signalsFor, of claims', () => store.signalsFor(workerId, [claim]));
  await at('pauseRun', () => store.pauseRun(id, 'x'));
  await at('yieldShard, to pause', () => store.yieldShard(claim));
  await at('continueRun', () => store.continueRun(id, 'x'));
  const again = await claimFirst(store, id, 1, workerId, 3);
  await at('failAttempt', () => store.failAttempt(again, fault));
  await at('stopRun', () => store.stopRun(id, STOP, false));
  const waits = [];
  for (let no = 0; no < WAITING; no++) {
    const jobId = 1 + (no % 20);
    waits.push(
      await store.createRun(newRun({ jobId, waitsForTurn: true, policies: { ...policies, group: null } })),
    );
  }
  const held = await fetching();
  await at('stopRun, held', () => store.stopRun(held.id, STOP, false));
  await at('yieldShard, to end', () => store.yieldShard(held.claim));
  const forced = await fetching();
  await at('stopRun, by force', () => store.stopRun(forced.id, STOP, true));
  const failed = await fetching();
  await at('failShard', () => store.failShard(failed.claim, fault));
  await at('enforceStops', () => store.enforceStops(30_000));
  await at('giveTurns', () => store.giveTurns());
  await at('rescue', () => store.rescue(60_000));
  await at('strandedRuns', () => store.strandedRuns());
  await at('failuresOf', () => store.failuresOf(950));
  await at('openResumption', () => store.openResumption(950));
  await at('runAttempts', () => store.runAttempts(950));
  await at('itemAttempts', () => store.itemAttempts(950, { failedOnly: false, before: null, limit: 50 }));
  await at('itemAttempts, failed', () => store.itemAttempts(950, { failedOnly: true, before: 1, limit: 50 }));
  await at('deleteRun', () => store.deleteRun(950));
}

it('scans no table that grows with history', () => {
  expect(plans.wholeReads(GROWING)).toEqual([]);
});

it('reads no more of a growing table than what is open, or what one run has', () => {
  expect(plans.longReads(GROWING, MOST_ROWS)).toEqual([]);
});

it('walks over every table that it is about', () => {
  const seen = plans.tables();
  expect(GROWING.filter((table) => !seen.has(table))).toEqual(['after_due']);
});
