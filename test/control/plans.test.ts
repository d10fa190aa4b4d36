import { AppError, DEFAULT_POLICIES } from '@tapekeeper/core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { StopWish } from '../../packages/server/src/ports/runControlStore.ts';
import type { NewRun, RunId, ShardClaim } from '../../packages/server/src/ports/runStore.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';
import { connect, sql, type Database } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { claimFirst, commitOf, newItem, newRun, savePlan } from '../conformance/store/stand.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { explaining, type Scan } from '../support/explained.ts';
import { fillHistory } from '../support/history.ts';
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

interface Read extends Scan {
  readonly step: string;
}

let database: TestDatabase;
let owner: Database;
let step = '';
const reads: Read[] = [];

beforeAll(async () => {
  database = await createDatabase('control_plans');
  owner = await connect({
    url: database.ownerUrl,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 60_000,
  });
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
  await owner.rows(sql`ANALYZE`);
  const db = explaining(database.db, ({ scans }) => reads.push(...scans.map((scan) => ({ step, ...scan }))));
  await walk(createStore(db));
});

afterAll(async () => {
  await owner?.close();
  await database?.drop();
});

async function walk(store: Store): Promise<void> {
  const named = <T>(name: string, work: () => Promise<T>): Promise<T> => {
    step = name;
    return work();
  };
  const policies = { ...DEFAULT_POLICIES, timeoutSeconds: 60, group: 'g1' };
  const ofJob = (rest: Partial<NewRun> = {}): NewRun => newRun({ jobId: 1, policies, ...rest });
  const workerId = await named('registerWorker', () => addWorker(store));
  const begun = async (rest: Partial<NewRun> = {}): Promise<{ id: RunId; claim: ShardClaim }> => {
    const id = await named('createRun', () => store.createRun(ofJob(rest)));
    return { id, claim: await named('claimShard', () => claimFirst(store, id, 0, workerId)) };
  };
  const fetching = async (): Promise<{ id: RunId; claim: ShardClaim }> => {
    const { id, claim } = await begun();
    await named('savePlan', () => savePlan(store, claim, [[newItem(), newItem({ instrumentId: 2 })]]));
    return { id, claim: await named('claimShard', () => claimFirst(store, id, 1, workerId)) };
  };
  const fault = new AppError('internal', { message: 'x' });

  const { id, claim } = await fetching();
  const [item] = await store.takeItems(claim, 1);
  await store.commitItems(claim, [commitOf(item?.no ?? 0)]);
  await named('signalsFor', () => store.signalsFor(workerId));
  await named('signalsFor, of claims', () => store.signalsFor(workerId, [claim]));
  await named('pauseRun', () => store.pauseRun(id, 'x'));
  await named('yieldShard, to pause', () => store.yieldShard(claim));
  await named('continueRun', () => store.continueRun(id, 'x'));
  const again = await claimFirst(store, id, 1, workerId, 3);
  await named('failAttempt', () => store.failAttempt(again, fault));
  await named('stopRun', () => store.stopRun(id, STOP, false));
  const waits = [];
  for (let no = 0; no < WAITING; no++) {
    const jobId = 1 + (no % 20);
    waits.push(
      await store.createRun(newRun({ jobId, waitsForTurn: true, policies: { ...policies, group: null } })),
    );
  }
  const held = await fetching();
  await named('stopRun, held', () => store.stopRun(held.id, STOP, false));
  await named('yieldShard, to end', () => store.yieldShard(held.claim));
  const forced = await fetching();
  await named('stopRun, by force', () => store.stopRun(forced.id, STOP, true));
  const failed = await fetching();
  await named('failShard', () => store.failShard(failed.claim, fault));
  await named('enforceStops', () => store.enforceStops(30_000));
  await named('giveTurns', () => store.giveTurns());
  await named('rescue', () => store.rescue(60_000));
  await named('strandedRuns', () => store.strandedRuns());
  await named('failuresOf', () => store.failuresOf(950));
  await named('openResumption', () => store.openResumption(950));
  await named('runAttempts', () => store.runAttempts(950));
  await named('itemAttempts', () => store.itemAttempts(950, { failedOnly: false, before: null, limit: 50 }));
  await named('itemAttempts, failed', () =>
    store.itemAttempts(950, { failedOnly: true, before: 1, limit: 50 }),
  );
  await named('deleteRun', () => store.deleteRun(950));
}

it('scans no table that grows with history', () => {
  expect(reads.filter((read) => read.how === 'Seq Scan' && GROWING.includes(read.table))).toEqual([]);
});

it('reads no more of a growing table than what is open, or what one run has', () => {
  expect(reads.filter((read) => GROWING.includes(read.table) && read.rowsRead > MOST_ROWS)).toEqual([]);
});

it('walks over every table that it is about', () => {
  const seen = new Set(reads.map((read) => read.table));
  expect(GROWING.filter((table) => !seen.has(table))).toEqual(['after_due']);
});
