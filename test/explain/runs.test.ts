import { AppError, type SourceId } from '@tapekeeper/core';
import type { RunExplanation } from '@tapekeeper/contract';
import { describe, expect, it } from 'vitest';
import { callsInFlight } from '../../packages/server/src/app/callsInFlight.ts';
import { SITUATIONS } from '../../packages/server/src/app/explain/runSituation.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { CallInFlight, WorkerVitals } from '../../packages/server/src/ports/explainStore.ts';
import type { RunId } from '../../packages/server/src/ports/runStore.ts';
import { connect, sql } from '../../packages/server/src/store/connection.ts';
import { noteVitals } from '../../packages/server/src/store/explainWorkers.ts';
import { commitOf, holdFetch, holdPlan, newItem, newRun, savePlan } from '../conformance/store/stand.ts';
import { createHandSource } from '../support/handSource.ts';
import { addWorker } from '../support/queue.ts';
import { BY_DAY, BY_SYMBOL, honestAnswer } from '../support/smallMarket.ts';
import { syncJob } from '../support/jobDefinition.ts';
import { until } from '../support/until.ts';
import { nextMoment, useExplainStand } from './stand.ts';

let freeMegabytes = 5000;
/** Sleeps of the work last until this, which is no time unless a test says otherwise. */
let awake: Promise<void> = Promise.resolve();
const sourceOf = (id: SourceId, singleConnection: boolean) =>
  createHandSource({
    id,
    capabilities: singleConnection ? BY_SYMBOL : BY_DAY,
    answer: (question) => honestAnswer(question),
    singleConnection,
  });

const stand = useExplainStand({
  sources: [sourceOf('tushare', false), sourceOf('baostock', true)],
  settings: { budgets: true, minFreeMegabytes: 100 },
  clock: { ...systemClock, sleep: () => awake },
  deps: (deps) => ({ ...deps, freeMegabytes: async () => freeMegabytes }),
});
const store = () => stand().deps.store;
const MANUAL = { boot: '00000000-0000-0000-0000-000000000009', node: 'node-a:/data', pid: 812 };

const setRun = (id: RunId, change: ReturnType<typeof sql>) =>
  stand().db.rows(sql`UPDATE tapekeeper.run SET ${change} WHERE id = ${id}`);

const VITALS: WorkerVitals = {
  rssBytes: 100_000_000,
  heapBytes: 50_000_000,
  lagP99Ms: 3,
  lagMaxMs: 9,
  stuckMs: 0,
  slots: 4,
  calls: [],
};

/** A run with an item at hand whose worker tells of a call. */
async function withCall(call: Partial<CallInFlight>): Promise<RunId> {
  const held = await holdFetch(store());
  await store().takeItems(held.claim, 1);
  const calls: CallInFlight[] = [
    {
      runId: held.runId,
      itemNo: 1,
      source: 'tushare',
      host: 'tushare.test',
      api: 'daily_bars',
      where: 'wire',
      forMs: 4000,
      pauseLeftMs: null,
      ...call,
    },
  ];
  await noteVitals(stand().db, held.workerId, { ...VITALS, calls });
  return held.runId;
}

/** A run whose fetch shard sleeps in the queue. */
async function asleep(delayMs: number, afterTrouble = false, source: SourceId = 'tushare'): Promise<RunId> {
  const held = await holdFetch(store());
  await stand().db.rows(
    sql`UPDATE tapekeeper.shard SET source = ${source} WHERE run_id = ${held.runId} AND no = 1`,
  );
  await store().releaseShard(held.claim, delayMs, afterTrouble);
  return held.runId;
}

/** How each situation comes about, and what its sentences have to name. */
const SITUATIONS_MADE: Readonly<Record<string, readonly [make: () => Promise<RunId>, ...named: string[]]>> = {
  over: [
    async () => {
      const { runId, claim } = await holdPlan(store());
      await store().failRun(claim, new AppError('unknown_symbol', { symbol: '000009.SZ' }));
      return runId;
    },
    'failed',
    '000009.SZ',
  ],
  paused: [
    async () => {
      const { runId } = await holdPlan(store());
      await setRun(runId, sql`state = 'paused'`);
      return runId;
    },
    'runs resume',
  ],
  stopping: [
    async () => {
      const { runId } = await holdPlan(store());
      const stop = JSON.stringify({ end: 'cancelled', code: 'cancelled', reason: 'enough', by: 'wang' });
      await setRun(runId, sql`stop = ${stop}::jsonb, stop_asked_at = tapekeeper.now()`);
      return runId;
    },
    'wang',
    '2026-11-20 17:00:00',
  ],
  pausing: [
    async () => {
      const { runId } = await holdPlan(store());
      await setRun(runId, sql`pause_asked_at = tapekeeper.now()`);
      return runId;
    },
    '17:00:00',
  ],
  waits_for_turn: [
    async () => {
      const policies = { ...syncJob().policies, group: 'tushare' };
      const first = await store().createRun(newRun({ policies }));
      await holdGroup(first);
      return store().createRun(newRun({ policies, waitsForTurn: true }));
    },
    'tushare',
  ],
  waits_to_retry: [
    async () => {
      const { runId, claim } = await holdPlan(store());
      await store().failAttempt(claim, new AppError('internal', { message: 'the disk made a noise' }));
      return runId;
    },
    '17:01:00',
    ' 2 ',
    'the disk made a noise',
  ],
  calling: [() => withCall({}), 'tushare.test', 'daily_bars', '4'],
  working: [async () => (await holdPlan(store())).runId, 'plan', 'pid'],
  breaker_open: [
    async () => {
      const runId = await withCall({ where: 'gate' });
      await store().openBreaker('tushare.test', 'too many calls', 30 * 60_000, false);
      return runId;
    },
    'tushare.test',
    '17:30:00',
    'too many calls',
  ],
  waits_for_budget: [
    async () => {
      await store().setBudgets([{ host: 'tushare.test', api: 'daily_bars', windowSeconds: 60, capacity: 1 }]);
      await store().takeCall('tushare.test', 'daily_bars');
      return withCall({ where: 'gate' });
    },
    'tushare.test',
    'daily_bars',
    '17:01:00',
  ],
  item_pauses: [() => withCall({ where: 'pause', pauseLeftMs: 65_000 }), 'tushare.test', '17:01:05'],
  waits_for_source: [
    async () => {
      const held = await holdFetch(store());
      await store().takeItems(held.claim, 1);
      const error = new AppError('not_ready', {});
      const [attempt] = commitOf(1).attempts;
      const attempts = [{ ...attempt!, error }];
      await store().commitItems(held.claim, [
        commitOf(1, { state: 'pending', outcome: null, attempts, error }),
      ]);
      await store().releaseShard(held.claim, 600_000, false);
      return held.runId;
    },
    'tushare',
    '17:',
  ],
  waits_for_connection: [
    async () => {
      const holder = await holdFetch(store());
      await stand().db.rows(
        sql`UPDATE tapekeeper.shard SET source = 'baostock' WHERE run_id = ${holder.runId}`,
      );
      await store().takeLease('baostock', holder.workerId);
      return asleep(3000, false, 'baostock');
    },
    'baostock',
    'pid',
  ],
  disk_full: [
    async () => {
      freeMegabytes = 12;
      return (await holdPlan(store())).runId;
    },
    '12 MB',
    '100 MB',
  ],
  worker_silent: [
    async () => {
      const { runId } = await holdPlan(store());
      await stand().setClock('2026-11-20', '17:00:40');
      await addWorker(store());
      return runId;
    },
    '40',
    `pid ${process.pid}`,
  ],
  worker_stuck: [
    async () => {
      const held = await holdPlan(store());
      await noteVitals(stand().db, held.workerId, { ...VITALS, stuckMs: 30_000 });
      return held.runId;
    },
    '30',
  ],
  no_worker: [
    async () => {
      await stand().db.rows(sql`UPDATE tapekeeper.worker SET stopped_at = tapekeeper.now()`);
      return store().createRun(newRun());
    },
    'tapekeeper start',
  ],
  waits_for_requirement: [
    async () => {
      const { runId, claim } = await holdPlan(store());
      const child = newRun({ dataset: 'stock_basics', cause: 'requirement', parentRunId: runId });
      await store().waitForRuns(claim, [child]);
      return runId;
    },
  ],
  waits_for_nodes: [
    async () => {
      const wish = { mode: 'serial', nodes: [], onFailure: 'stop', mostAtATime: 1 } as const;
      const runId = await store().createRun(
        newRun({ type: 'workflow', dataset: null, params: null, wish: { ...wish } }),
      );
      await store().createRun(newRun({ cause: 'workflow', parentRunId: runId, node: 'bars' }));
      await stand().db.rows(sql`UPDATE tapekeeper.shard SET waits_for_runs = true WHERE run_id = ${runId}`);
      return runId;
    },
  ],
  queued: [
    async () => {
      await store().createRun(newRun());
      return store().createRun(newRun());
    },
    '1',
  ],
  starting: [
    async () => {
      const runId = await store().createRun(newRun());
      await stand().db.rows(
        sql`UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'it', attempts = 1`,
      );
      return runId;
    },
  ],
  waits_after_trouble: [() => asleep(5000, true), '1'],
  queued_later: [() => asleep(60_000), '17:00:5'],
  stranded: [
    async () => {
      const runId = await store().createRun(newRun());
      await stand().db.rows(sql`DELETE FROM graphile_worker._private_jobs`);
      return runId;
    },
  ],
};

/** Keeps the run of a group at work. */
async function holdGroup(runId: RunId): Promise<void> {
  const workerId = await addWorker(store());
  await store().claimShard({ runId, shardNo: 0, dispatch: 1, workerId });
}

async function fresh(): Promise<void> {
  freeMegabytes = 5000;
  await stand().setClock('2026-11-20', '17:00');
  await store().beat(stand().workerId);
  await store().registerWorker(MANUAL);
}

describe('what a run is doing', () => {
  it.each(Object.keys(SITUATIONS_MADE))('is %s, in both languages', async (code) => {
    await fresh();
    const [make, ...named] = SITUATIONS_MADE[code]!;
    const explanation = await stand().explainRun(await make());
    expect(explanation.verdict).toBe(code);
    const { en, zh } = explanation.text;
    for (const name of named) {
      expect(en).toContain(name);
      expect(zh).toContain(name);
    }
    expect(en).toMatch(/^[^\u4e00-\u9fff]+\.$/);
    expect(zh).toMatch(/[\u4e00-\u9fff].*。$/);
    expect(en + zh).not.toMatch(/undefined|null|NaN|\[object/);
  });

  it('has a trial of every situation', () => {
    const others = ['database_blocked', 'waits_for_shards'];
    expect([...Object.keys(SITUATIONS_MADE), ...others].toSorted()).toEqual([...SITUATIONS].toSorted());
  });

  it('is told shard by shard, the one that says most first', async () => {
    await fresh();
    const { claim, runId } = await holdPlan(store());
    await savePlan(store(), claim, [[newItem()], [newItem()]], { nextRound: 1 });
    const { situations, shards, verdict } = await stand().explainRun(runId);
    expect(verdict).toBe('queued');
    expect(situations.map(({ code, shard }) => [code, shard])).toEqual([
      ['queued', 1],
      ['queued', 2],
      ['waits_for_shards', 3],
    ]);
    expect(situations[2]?.text).toEqual({
      en: 'The next round is planned when 2 shards are closed.',
      zh: '待 2 个分片完成后再规划下一轮。',
    });
    expect(shards).toMatchObject([
      { no: 1, dispatch: { taken: false } },
      { no: 2 },
      { no: 3, dispatch: null },
    ]);
  });

  it('is a lock that somebody holds in the database', async () => {
    await fresh();
    const { runId, claim } = await holdPlan(store());
    const other = await connect({
      url: stand().url,
      max: 1,
      applicationName: 'psql of somebody',
      statementTimeoutMs: 20_000,
    });
    let blocked: Promise<unknown> | undefined;
    await other.transaction(async (tx) => {
      await tx.rows(sql`SELECT 1 FROM tapekeeper.shard WHERE run_id = ${runId} FOR UPDATE`);
      blocked = store().releaseShard(claim, 0, false);
      await until(async () => (await stand().explainRun(runId)).verdict === 'database_blocked');
      const { text, database } = await stand().explainRun(runId);
      expect(text.en).toContain('psql of somebody (pid ');
      expect(text.zh).toContain('psql of somebody (pid ');
      expect(database.blocked).toMatchObject([
        { application: 'tests', blockers: [{ application: 'psql of somebody', state: expect.any(String) }] },
      ]);
      expect(database.oldestTransaction?.application).toBe('psql of somebody');
    });
    await blocked;
    await other.close();
  });
});

describe('calls in flight', () => {
  it('are known from the question to the answer, with their host', async () => {
    await fresh();
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    const { tushare } = stand();
    const source = stand().deps.sources.get('tushare') as typeof tushare;
    source.answer = async (question) => {
      asked.resolve();
      await answered.promise;
      return honestAnswer(question);
    };
    const created = await stand().deps.store.createRun(
      newRun({ dataset: 'stock_basics', wish: { dataset: 'stock_basics' } }),
    );
    const working = stand().work();
    await asked.promise;
    const calls = callsInFlight(stand().deps).all();
    expect(calls).toMatchObject([
      { runId: created, source: 'tushare', host: 'tushare.test', api: 'stock_basics', where: 'wire' },
    ]);
    await noteVitals(stand().db, stand().workerId, { ...VITALS, calls });
    const explanation = await stand().explainRun(created);
    expect(explanation).toMatchObject({ verdict: 'calling', calls: [{ where: 'wire' }] });
    expect(explanation.workers.find(({ id }) => id === stand().workerId)).toMatchObject({
      alive: true,
      slots: 4,
      shards: 1,
      lagP99Ms: 3,
    });
    answered.resolve();
    source.answer = (question) => honestAnswer(question);
    await working;
    expect(callsInFlight(stand().deps).all()).toEqual([]);
    expect(await stand().explainRun(created)).toMatchObject({ verdict: 'over', run: { state: 'success' } });
  });
});

describe('a run at a budget that is used up', () => {
  it('names the host and the time, and goes on when there is room', async () => {
    await fresh();
    await store().setBudgets([{ host: 'tushare.test', api: 'stock_basics', windowSeconds: 60, capacity: 1 }]);
    await store().takeCall('tushare.test', 'stock_basics');
    const wish = { dataset: 'stock_basics' };
    const runId = await store().createRun(newRun({ dataset: 'stock_basics', wish }));
    const room = Promise.withResolvers<void>();
    awake = room.promise;
    const working = stand().work();
    try {
      await until(async () => callsInFlight(stand().deps).all()[0]?.where === 'gate');
      const calls = callsInFlight(stand().deps).all();
      await noteVitals(stand().db, stand().workerId, { ...VITALS, calls });
      const { text, situations } = await stand().explainRun(runId);
      expect(situations[0]).toMatchObject({
        code: 'waits_for_budget',
        host: 'tushare.test',
        api: 'stock_basics',
        until: '2026-11-20T09:01:00.000Z',
      });
      expect(text).toEqual({
        en: 'It waits for the budget of tushare.test (stock_basics): there is room at 2026-11-20 17:01:00.',
        zh: '正在等待 tushare.test（stock_basics）的调用额度：2026-11-20 17:01:00 恢复。',
      });
    } finally {
      await stand().setClock('2026-11-20', '17:01:01');
      awake = Promise.resolve();
      room.resolve();
      await working;
    }
    expect((await stand().explainRun(runId)).run.state).toBe('success');
  });
});

describe('a run that seems stuck', () => {
  it('has written nothing for three times what its like take, and ten minutes at least', async () => {
    await fresh();
    const { runId, workerId } = await holdPlan(store());
    const later = async (time: string): Promise<RunExplanation> => {
      await stand().setClock('2026-11-20', time);
      await store().beat(workerId);
      return stand().explainRun(runId);
    };
    expect((await later('17:09')).stuck).toMatchObject({ stuck: false, thresholdMs: 600_000, history: 0 });
    const stuck = await later('17:11');
    expect(stuck).toMatchObject({ verdict: 'working', stuck: { stuck: true, stillMs: 660_000 } });
    expect(stuck.text.en).toContain('It seems stuck: nothing of it was written for 11 minutes');
    expect(stuck.text.zh).toContain('疑似卡住：已 11 分钟');
    await stand().db.rows(sql`
      INSERT INTO tapekeeper.run (type, dataset, cause, state, started_at, finished_at)
      SELECT 'sync', 'daily_bars', 'person', 'success', tapekeeper.now() - interval '1 hour', tapekeeper.now()
      FROM generate_series(1, 20)`);
    expect((await later('17:12')).stuck).toMatchObject({
      stuck: false,
      thresholdMs: 3 * 3_600_000,
      history: 20,
    });
  });

  it('is none that waits for its turn, however long', async () => {
    await fresh();
    const job = await stand().keepJob({ kind: 'manual' });
    const first = await store().triggerJob(job.id, { by: 'li', params: {} });
    const waiting = await store().createRun(newRun({ jobId: job.id, waitsForTurn: true }));
    await stand().setClock('2026-11-20', '23:00');
    const { text, stuck, blockedBy } = await stand().explainRun(waiting);
    expect(text.en).toContain(`run ${first}`);
    expect(stuck.stuck).toBe(false);
    expect(blockedBy).toMatchObject([{ id: first, job: 'bars' }]);
    expect(nextMoment({ key: job.key, definition: job.definition }, 0)).toBeNull();
  });
});

describe('the steps of a run', () => {
  const steps = async (id: RunId) => (await stand().get(`/v1/runs/${id}/steps`)).json();

  it('tell how far a sync is, and by what it did lately how long it will take', async () => {
    await fresh();
    const items = Array.from({ length: 100 }, () => newItem());
    const { runId, claim } = await holdFetch(store(), items);
    expect(await steps(runId)).toMatchObject({ step: 'fetch', etaMs: null });
    const taken = await store().takeItems(claim, 40);
    await stand().setClock('2026-11-20', '17:01');
    await store().commitItems(
      claim,
      taken.map(({ no }) => commitOf(no)),
    );
    const half = await steps(runId);
    expect(half).toMatchObject({ runId, state: 'running', step: 'fetch' });
    expect(half.steps).toMatchObject([
      { name: 'plan', state: 'done', fraction: 1 },
      { name: 'fetch', state: 'running', done: 40, total: 100, fraction: 0.4, detail: 'tushare' },
      { name: 'finish', state: 'pending', fraction: 0 },
    ]);
    expect(half.fraction).toBeGreaterThan(0.3);
    expect(half.etaLowMs).toBeLessThan(half.etaMs);
    expect(half.etaHighMs).toBeGreaterThan(half.etaMs);
    // 40 in a minute over all, and in three minutes lately
    expect(half.etaMs).toBeCloseTo(60 * (0.7 * (180_000 / 40) + 0.3 * 1500), -2);
  });

  it('are those that a task has told of', async () => {
    await fresh();
    const wish = { durationSeconds: 1, successRate: 1, steps: 2 };
    const runId = await store().createRun(newRun({ type: 'example', dataset: null, params: null, wish }));
    await stand().db.rows(sql`
      INSERT INTO tapekeeper.step (run_id, no, name, state, weight, done, total)
      VALUES (${runId}, 0, 'first', 'done', 1, 0, 0), (${runId}, 1, 'second', 'running', 3, 1, 3)`);
    expect(await steps(runId)).toMatchObject({ fraction: 0.5, step: 'second', steps: [{}, { done: 1 }] });
    const { run } = await stand().explainRun(runId);
    expect(run.progress).toMatchObject({ fraction: 0.5, step: 'second' });
    const list = (await stand().get('/v1/runs?type=example')).json();
    expect(list.runs).toMatchObject([{ progress: { fraction: 0.5 } }]);
  });

  it('are the nodes of a workflow', async () => {
    await fresh();
    const nodes = ['list', 'bars'].map((node) => ({
      node,
      jobId: 1,
      dependsOn: [],
      condition: 'success' as const,
    }));
    const wish = { mode: 'serial' as const, nodes, onFailure: 'stop' as const, mostAtATime: 1 };
    const runId = await store().createRun(newRun({ type: 'workflow', dataset: null, params: null, wish }));
    const child = await store().createRun(newRun({ cause: 'workflow', parentRunId: runId, node: 'list' }));
    expect(await steps(runId)).toMatchObject({
      fraction: 0,
      steps: [
        { name: 'list', state: 'pending', detail: `run ${child}` },
        { name: 'bars', state: 'pending', detail: null },
      ],
    });
  });

  it('are of no run that is not there', async () => {
    expect((await stand().get('/v1/runs/999999/steps')).statusCode).toBe(404);
    expect((await stand().get('/v1/runs/999999/explain')).statusCode).toBe(404);
  });
});
