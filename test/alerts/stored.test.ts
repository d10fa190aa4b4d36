import { DEFAULT_POLICIES, scheduleOf, type JobDefinition } from '@tapekeeper/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { at, openAlertDatabase, type AlertStand } from './stand.ts';

// Incidents over the real store: rows as runs, breakers and budgets leave them, a clock that is moved.

let opened: Awaited<ReturnType<typeof openAlertDatabase>>;
let stand: AlertStand;

beforeAll(async () => void (opened = await openAlertDatabase()));
afterAll(() => opened?.close());
beforeEach(async () => void (stand = await opened.clean()));

const manual = {
  schedule: scheduleOf({ kind: 'manual' }),
  policies: DEFAULT_POLICIES,
  description: '',
  tags: [],
};
const workflowOf = (jobId: number): JobDefinition => ({
  ...manual,
  type: 'workflow',
  name: 'daily',
  schedule: scheduleOf({ kind: 'session', rule: 'close(XSHG)+2h15m' }),
  params: {
    mode: 'serial',
    onFailure: 'continue',
    nodes: [{ node: 'bars', jobId, dependsOn: [], condition: 'success' }],
  } as never,
});

const causes = async () =>
  (await stand.told()).filter(({ kind }) => kind === 'opened').map(({ cause }) => cause);
const kinds = async () => (await stand.told()).map(({ kind }) => kind);
const failed = (code: string, hours: number, minutes = 0, details: object = {}) =>
  ({ state: 'failed', at: at(hours, minutes), error: { code, details } }) as const;

describe('incidents over the store', () => {
  it('none on a calm evening', async () => {
    await stand.addJob('bars');
    await stand.collect();
    await stand.lookUntil(at(21), 10);
    expect(await stand.told()).toEqual([]);
    expect(await stand.db.rows(sql`SELECT 1 FROM tapekeeper.incident`)).toEqual([]);
  });

  it('a source that is down explains the job that fails and the data that are late; all is over when all is there', async () => {
    const job = await stand.addJob('bars');
    await stand.addRun(job, failed('transport', 17, 5, { source: 'tushare', host: 'tushare.test' }));
    await stand.openBreaker('tushare.test', 3);
    await stand.lookUntil(at(19, 30), 10);
    expect(await causes()).toEqual(['host:tushare.test']);
    const [incident] = await stand.deps.store.incidents({ states: ['open'], before: null, limit: 5 });
    expect(incident?.members.filter(({ isPresent }) => isPresent).map(({ kind }) => kind)).toEqual([
      'source_down',
      'consecutive_failures',
      'freshness_missed',
    ]);
    await stand.closeBreaker('tushare.test');
    await stand.lookUntil(at(19, 50), 10);
    expect(await kinds()).toEqual(['opened']);
    await stand.addRun(job, { state: 'success', at: at(19, 51) });
    await stand.collect();
    await stand.lookUntil(at(20, 30), 10);
    expect(await kinds()).toEqual(['opened', 'resolved']);
  });

  it('a day of calls that is used up explains the run that is refused for it', async () => {
    const job = await stand.addJob('bars');
    await stand.db.rows(sql`
      INSERT INTO tapekeeper.budget (host, api, window_seconds, slides, origin, capacity, tokens, refilled_at)
      VALUES ('tushare.test', 'daily', 86400, false, 'configured', 8000, 0, tapekeeper.now())`);
    await stand.addRun(job, failed('quota_exhausted', 17, 5, { source: 'tushare' }));
    await stand.lookUntil(at(18, 30), 10);
    expect(await causes()).toEqual(['budget:tushare.test']);
    // the day of Shanghai ends
    await stand.addRun(job, { state: 'success', at: at(24, 5) });
    await stand.collect();
    await stand.clock.set(at(24, 6));
    await stand.lookUntil(at(24, 30), 10);
    expect(await kinds()).toEqual(['opened', 'resolved']);
  });

  it('a right that all sources refuse explains the workflow whose node lacks it', async () => {
    const job = await stand.addJob('bars');
    const workflow = await stand.addJob('daily', workflowOf(job));
    for (const [source, api] of [
      ['tushare', 'daily'],
      ['baostock', 'query_history_k_data_plus'],
    ] as const) {
      const known = stand.deps.sources
        .get(source)
        ?.capabilities.find((one) => one.dataset === 'daily_bars')?.api;
      await stand.deps.store.saveRight({ source, api: known ?? api, allowed: false, detail: 'no points' });
    }
    await stand.addRun(job, failed('permission_denied', 17, 5, { source: 'tushare' }));
    await stand.addRun(workflow, { ...failed('workflow_failed', 17, 6), type: 'workflow' });
    await stand.lookUntil(at(18, 30), 10);
    const told = await causes();
    expect(told).toContain('right:tushare');
    expect(told.filter((cause) => !cause.startsWith('right:'))).toEqual([]);
  });

  it('a command that fails is told of after an hour; one that was put right before is not', async () => {
    const backup = await stand.addJob('backup');
    const other = await stand.addJob('other');
    await stand.collect();
    await stand.addRun(backup, failed('command_failed', 17, 5));
    await stand.addRun(other, failed('command_failed', 17, 5));
    await stand.lookUntil(at(17, 40), 10);
    await stand.addRun(other, { state: 'success', at: at(17, 45) });
    await stand.lookUntil(at(18, 20), 10);
    expect(await causes()).toEqual(['job:backup']);
    await stand.addRun(backup, { state: 'success', at: at(18, 25) });
    await stand.lookUntil(at(18, 50), 10);
    expect(await kinds()).toEqual(['opened', 'resolved']);
  });

  it('a run that writes nothing for three times what its like took is stuck; one that waits for a retry is not', async () => {
    const job = await stand.addJob('bars');
    await stand.collect();
    const run = await stand.addRun(job, { state: 'running', at: at(17) });
    await stand.db.rows(sql`
      INSERT INTO tapekeeper.shard (run_id, no, kind, source, updated_at) VALUES (${run}, 0, 'fetch', 'tushare', tapekeeper.now())`);
    await stand.lookUntil(at(17, 10), 10);
    expect(await stand.told()).toEqual([]);
    await stand.lookUntil(at(17, 30), 10);
    expect(await causes()).toEqual(['job:bars']);
    await stand.db.rows(sql`UPDATE tapekeeper.shard SET updated_at = tapekeeper.now() WHERE run_id = ${run}`);
    await stand.db.rows(
      sql`UPDATE tapekeeper.run SET retry_at = tapekeeper.now() + interval '2 hours' WHERE id = ${run}`,
    );
    await stand.lookUntil(at(18, 10), 10);
    expect(await kinds()).toEqual(['opened', 'resolved']);
  });

  it('a scheduler that has stopped turning explains the jobs that stay due', async () => {
    await stand.collect();
    await stand.db.rows(sql`
      INSERT INTO tapekeeper.scheduler (boot, node, pid) VALUES ('00000000-0000-0000-0000-000000000001', 'here', 1)`);
    const job = await stand.addJob('bars');
    await stand.db.rows(sql`
      UPDATE tapekeeper.job SET next_fire_at = tapekeeper.now(), next_scheduled_for = tapekeeper.now() WHERE id = ${job}`);
    await stand.lookUntil(at(17, 30), 10);
    expect(await causes()).toEqual(['scheduler']);
    const [incident] = await stand.deps.store.incidents({ states: ['open'], before: null, limit: 5 });
    expect(incident?.members.map(({ kind }) => kind)).toEqual(['scheduler_stalled', 'missed_fire']);
  });

  it('a server that was off tells of what it missed once, as one thing', async () => {
    const job = await stand.addJob('bars');
    await stand.collect();
    await stand.lookUntil(at(17, 10), 10);
    await stand.sleepUntil(at(21));
    const { id } = await stand.db.one<{ id: number }>(sql`
      INSERT INTO tapekeeper.fire (job_id, scheduled_for, until, decision, reason, decided_at)
      VALUES (${job}, tapekeeper.now() - interval '2 hours', tapekeeper.now() - interval '2 hours', 'missed', 'late', tapekeeper.now())
      RETURNING id`);
    await stand.db.rows(sql`UPDATE tapekeeper.job SET last_fire_id = ${id} WHERE id = ${job}`);
    await stand.lookUntil(at(21, 30), 2);
    expect(await stand.told()).toEqual([{ kind: 'opened', cause: 'scheduler' }]);
    await stand.addRun(job, { state: 'success', at: at(21, 31) });
    await stand.lookUntil(at(22), 10);
    expect(await kinds()).toEqual(['opened', 'resolved']);
  });

  it('a disk that fills up is told of, and again when no work is begun for it', async () => {
    await stand.collect();
    stand.setFree(1500);
    await stand.lookUntil(at(17, 10), 2);
    expect(await stand.told()).toEqual([{ kind: 'opened', cause: 'disk' }]);
    stand.setFree(100);
    await stand.lookUntil(at(17, 16), 2);
    expect(await kinds()).toEqual(['opened', 'reminder']);
    stand.setFree(50_000);
    await stand.lookUntil(at(17, 40), 10);
    expect(await kinds()).toEqual(['opened', 'reminder', 'resolved']);
  });

  it('a channel whose notices are given up is told of, until one gets through or somebody changes it', async () => {
    await stand.collect();
    const { id: channel } = await stand.db.one<{ id: number }>(sql`
      INSERT INTO tapekeeper.channel (name, kind, settings, language, least_severity)
      VALUES ('chat', 'webhook', '{}', 'en', 'critical') RETURNING id`);
    const end = (state: string, times = 1) =>
      stand.db.rows(sql`
        INSERT INTO tapekeeper.notice (channel_id, message, state, ended_at, expires_at, error)
        SELECT ${channel}, '{"kind": "test"}', ${state}, tapekeeper.now(), tapekeeper.now(), ${state === 'sent' ? null : 'no such robot'}
        FROM generate_series(1, ${times})`);
    const ofIncidents = async () => (await kinds()).filter((kind) => kind !== 'test');
    await stand.lookUntil(at(17, 2));
    await end('sent');
    await end('failed');
    await stand.lookUntil(at(17, 10));
    expect(await ofIncidents()).toEqual([]);
    await end('expired');
    await stand.lookUntil(at(17, 30));
    expect(await causes()).toEqual(['channel:chat']);
    const { signals } = await stand.deps.store.lastLook();
    expect(signals[0]?.values).toEqual({ channel: 'chat', count: 2, error: 'no such robot' });
    await end('sent');
    await stand.lookUntil(at(18));
    expect(await ofIncidents()).toEqual(['opened', 'resolved']);
    await end('failed', 30);
    await stand.lookUntil(at(18, 20));
    expect(await ofIncidents()).toEqual(['opened', 'resolved', 'opened']);
    await stand.db.rows(
      sql`UPDATE tapekeeper.channel SET updated_at = tapekeeper.now() WHERE id = ${channel}`,
    );
    await stand.lookUntil(at(19));
    expect(await ofIncidents()).toEqual(['opened', 'resolved', 'opened', 'resolved']);
  });

  it('sources that all fail at once are the network', async () => {
    await stand.addJob('bars');
    await stand.collect();
    await stand.openBreaker('tushare.test', 2);
    await stand.lookUntil(at(17, 4), 2);
    await stand.openBreaker('baostock.test', 1);
    await stand.lookUntil(at(17, 20), 2);
    expect(await causes()).toEqual(['network']);
  });

  it('a market that came by half is told of as a day with too few rows', async () => {
    await stand.addJob('bars');
    await stand.collect(20);
    await stand.db.rows(sql`
      INSERT INTO tapekeeper.coverage_exception (dataset, instrument_id, day, source, kind)
      SELECT 'daily_bars', id, '2024-01-10', 'tushare', 'absent' FROM tapekeeper.instrument ORDER BY id LIMIT 20`);
    await stand.lookUntil(at(17, 30), 10);
    expect(await causes()).toEqual(['dataset:daily_bars']);
    const { signals } = await stand.deps.store.lastLook();
    expect(signals.map(({ kind }) => kind)).toEqual(['rows_drift']);
  });
});

describe('a freshness target', () => {
  it('keeps for each day when it was due and when it was met', async () => {
    await stand.addJob('bars');
    await stand.lookUntil(at(18), 10);
    await stand.collect();
    await stand.lookUntil(at(19, 10), 10);
    const [day] =
      (await stand.deps.store.freshnessDays('daily_bars', '2024-01-10' as never, '2024-01-10' as never)) ??
      [];
    expect(day).toMatchObject({ dueAt: at(19), metAt: at(18) });
  });

  it('warns before a day is due, again when it is late, and is met late then', async () => {
    await stand.addJob('bars');
    await stand.lookUntil(at(19, 20), 10);
    expect(await causes()).toEqual(['dataset:daily_bars']);
    await stand.collect();
    await stand.lookUntil(at(20), 10);
    expect(await kinds()).toEqual(['opened', 'reminder', 'resolved']);
    const [day] = await stand.deps.store.freshnessDays(
      'daily_bars',
      '2024-01-10' as never,
      '2024-01-10' as never,
    );
    expect(day?.metAt).toBe(at(19, 20));
  });

  it("is nobody's where no job collects the data set by itself", async () => {
    await stand.addJob('bars', {
      ...manual,
      type: 'sync',
      params: { dataset: 'daily_bars' },
      name: 'by hand',
    });
    await stand.lookUntil(at(20), 20);
    expect(await stand.told()).toEqual([]);
  });
});
