import { AppError, STARTERS, type AutomaticAction } from '@tapekeeper/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { installStarters } from '../../packages/server/src/app/jobs/installStarters.ts';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { rescueShardsOf } from '../../packages/server/src/store/rescue.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { holdFetch, holdPlan, newItem } from '../conformance/store/stand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { syncJob } from '../support/jobDefinition.ts';
import { addWorker, ageWorker } from '../support/queue.ts';
import { createTaskStand } from '../tasks/taskStand.ts';
import { watchLog } from './operationLines.ts';

const database = useCleanDatabase();
const HOST = 'host.test';
const GRACE_MS = 30_000;
const CANCEL = { end: 'cancelled', code: 'cancelled', reason: 'enough', by: 'ann' } as const;
let store: Store;
let lines: Awaited<ReturnType<typeof watchLog>>;

beforeEach(async () => {
  store = createStore(database().db);
  lines = await watchLog(store);
});

/** What has been decided since the test began, each with its object. */
async function decided(): Promise<readonly (readonly [AutomaticAction, string | null])[]> {
  const found = await lines();
  for (const line of found)
    expect(line).toMatchObject({ actor: 'system', proof: 'system', result: 'ok', status: null, ip: null });
  return found.map(({ action, object }) => [action as AutomaticAction, object.id]);
}

describe('a decision that the program takes by itself is one line', () => {
  it('when shards are rescued: one for each worker and scan', async () => {
    const { db } = database();
    const first = await holdFetch(store, [newItem(), newItem()]);
    const second = await holdPlan(store);
    const idle = await addWorker(store, 'idle');
    for (const worker of [first.workerId, second.workerId, idle]) await ageWorker(db, worker, 60_000);
    await store.rescue(15_000);
    await store.rescue(15_000);
    expect(await decided()).toEqual([
      ['autoShardsRescued', String(first.workerId)],
      ['autoShardsRescued', String(second.workerId)],
    ]);
    expect((await lines())[0]?.object.after).toEqual({ shards: 1, runs: [first.runId] });
  });

  it('when a run is over its time', async () => {
    const { runId } = await holdPlan(store);
    await database().db.rows(sql`
      UPDATE tapekeeper.run SET timeout_seconds = 60, deadline_at = tapekeeper.now() WHERE id = ${runId}`);
    await store.enforceStops(GRACE_MS);
    await store.enforceStops(GRACE_MS);
    expect(await decided()).toEqual([['autoRunTimedOut', String(runId)]]);
    expect((await lines())[0]?.object.after).toMatchObject({ timeoutSeconds: 60 });
  });

  it('when a stop takes too long, and the run is ended by force', async () => {
    const { runId } = await holdPlan(store);
    await store.stopRun(runId, CANCEL, false);
    await database().db.rows(sql`
      UPDATE tapekeeper.run SET stop_asked_at = tapekeeper.now() - interval '1 minute' WHERE id = ${runId}`);
    await store.enforceStops(GRACE_MS);
    await store.enforceStops(GRACE_MS);
    expect(await decided()).toEqual([['autoRunForced', String(runId)]]);
    expect((await lines())[0]?.object).toMatchObject({
      before: { stop: { by: CANCEL.by } },
      after: { state: 'cancelled' },
    });
  });

  it('when calls to a host are held back, and let through again', async () => {
    for (let failure = 0; failure < 3; failure++) await store.noteFailure(HOST, 'no answer', 2, 60_000);
    await store.openBreaker(HOST, 'banned', 60_000);
    expect(await decided()).toEqual([['autoBreakerOpened', HOST]]);
    await database().db.rows(
      sql`UPDATE tapekeeper.host SET open_until = now() - interval '1 s' WHERE host = ${HOST}`,
    );
    await store.noteSuccess(HOST);
    await store.noteSuccess(HOST);
    expect(await decided()).toEqual([
      ['autoBreakerOpened', HOST],
      ['autoBreakerClosed', HOST],
    ]);
    expect((await lines())[0]?.object.after).toMatchObject({ breaker: 'open', reason: 'no answer' });
  });

  it('when a right turns out to be missing, and when it is there after all', async () => {
    const right = { source: 'tushare', api: 'daily', detail: 'points' } as const;
    await store.saveRight({ ...right, allowed: false });
    await store.saveRight({ ...right, allowed: false });
    await store.saveRight({ ...right, allowed: true });
    await store.saveRight({ ...right, allowed: true });
    await store.saveRight({ ...right, api: 'weekly', allowed: true });
    expect(await decided()).toEqual([
      ['autoRightLearned', 'tushare/daily'],
      ['autoRightForgotten', 'tushare/daily'],
    ]);
  });

  it('when retention takes something away, and none when there is nothing', async () => {
    const stand = await createTaskStand(database().db);
    await stand.task('retention', {});
    expect(await decided()).toEqual([]);
    await database().db.rows(sql`
      INSERT INTO tapekeeper.quarantine (run_id, item_no, dataset, source, rule, row, state, at, settled_at, settled_by)
      VALUES (1, 1, 'daily_bars', 'tushare', 'ohlc_order', '{}', 'replayed', now() - interval '9 years', now() - interval '9 years', 'ann')`);
    const run = await stand.task('retention', {});
    expect(await decided()).toEqual([['autoRetention', String(run.id)]]);
    expect((await lines())[0]?.object.after).toMatchObject({ removed: { quarantined: 1 } });
  });

  it('when jobs are made that nobody has asked for, and none when somebody has', async () => {
    const deps = { store, readCron: cronReader };
    const installed = await installStarters(deps, { enable: 'none', which: 'new' });
    await installStarters(deps, { enable: 'none', which: 'new' });
    expect(installed).toHaveLength(STARTERS.length);
    const jobs = await Promise.all(installed.map((key) => store.jobByKey(key)));
    expect(await decided()).toEqual(jobs.map((job) => ['autoStarterJobs', String(job?.id)]));
    await database().db.rows(sql`DELETE FROM tapekeeper.after_due`);
    const last = jobs.at(-1);
    await store.deleteJob(last?.id ?? 0, 'ann');
    await installStarters(deps, { enable: 'none', which: 'missing', author: 'ann' });
    expect(await decided()).toHaveLength(STARTERS.length);
  });

  it('when nothing can be decided about a job, however often that is tried', async () => {
    const { db } = database();
    const { id } = await store.createJob(
      { key: 'bad', definition: syncJob(), state: 'enabled', author: 'ann' },
      (_, after) => ({ scheduledFor: after - 1000, dueAt: after - 1000 }),
    );
    const fire = (code: 'bad_cron' | 'bad_session_rule') =>
      store.fireDue(10, () => {
        throw new AppError(code);
      });
    const due = () =>
      db.rows(
        sql`UPDATE tapekeeper.job SET next_fire_at = tapekeeper.now() - interval '1 s' WHERE id = ${id}`,
      );
    await fire('bad_cron');
    await due();
    await fire('bad_cron');
    expect(await decided()).toEqual([['autoJobNotDecided', String(id)]]);
    expect((await lines())[0]?.errorCode).toBe('bad_cron');
    await due();
    await fire('bad_session_rule');
    expect((await lines()).map(({ errorCode }) => errorCode)).toEqual(['bad_cron', 'bad_session_rule']);
  });
});

it('is no line when what was decided is undone', async () => {
  const { workerId } = await holdPlan(store);
  await ageWorker(database().db, workerId, 60_000);
  const undone = database().db.transaction(async (tx) => {
    expect(await rescueShardsOf(tx, [workerId])).toHaveLength(1);
    throw new AppError('internal');
  });
  await expect(undone).rejects.toMatchObject({ code: 'internal' });
  expect(await decided()).toEqual([]);
});
