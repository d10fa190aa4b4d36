import type { FirePlan, Fire } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { addWorker } from '../support/queue.ts';
import { syncJob } from '../support/jobDefinition.ts';
import { at, nextMoment, useExplainStand } from './stand.ts';

// 2026-11-20 is a Friday, 2026-10-01 to 08 are holidays, 2026-12-31 is the last announced day.

const CLOSE = { kind: 'session', rule: 'close(XSHG)+90m' } as const;
const HOURLY = { kind: 'cron', expression: '0 * * * *', zone: 'Asia/Shanghai' } as const;

const stand = useExplainStand();

const RAN: Omit<Fire, 'scheduledFor' | 'until'> = {
  dueCount: 1,
  decision: 'ran',
  reason: 'on_time',
  blocker: null,
  waitsForTurn: false,
  replaces: [],
};

/** Decides about a due job as the test says. */
async function fire(rest: Partial<Fire> & Pick<Fire, 'scheduledFor'>): Promise<void> {
  const report = await stand().deps.store.fireDue(1, (job): FirePlan => ({
    fires: [{ ...RAN, until: rest.scheduledFor, ...rest }],
    next: nextMoment({ key: job.key, definition: syncJob() }, 0) ?? {
      scheduledFor: at('2026-11-23', '16:30'),
      dueAt: at('2026-11-23', '16:30'),
    },
  }));
  expect(report.fires).toBe(1);
}

/** A job of the close made on Thursday, with the clock on Friday after its moment. */
async function dueJob(): Promise<number> {
  await stand().setClock('2026-11-19', '20:00');
  const job = await stand().keepJob(CLOSE);
  await stand().setClock('2026-11-20', '17:00');
  return job.id;
}

async function schedulerTurns(): Promise<void> {
  await stand().deps.store.schedulerTurned({
    boot: '00000000-0000-0000-0000-000000000001',
    node: 'here',
    pid: 1,
  });
}

describe('what was decided', () => {
  it('is told with the run that it became, for the day as for the minute', async () => {
    const id = await dueJob();
    await fire({ scheduledFor: at('2026-11-20', '16:30') });
    const answer = await stand().explainJob(id, '2026-11-20');
    expect(answer).toMatchObject({
      verdict: 'ran',
      code: 'on_time',
      fire: { decision: 'ran', dueCount: 1 },
      run: { state: 'pending', job: 'bars' },
      previous: { scheduledFor: '2026-11-19T08:30:00.000Z' },
      next: { scheduledFor: '2026-11-23T08:30:00.000Z' },
    });
    expect(answer.text.en).toContain('It ran: 2026-11-20 16:30.');
    expect(answer.text.zh).toContain('已运行：2026-11-20 16:30。');
    expect(await stand().explainJob('bars', '2026-11-20T16:30')).toMatchObject({ verdict: 'ran' });
  });

  it('names the run that stood in the way, and how it is now', async () => {
    const id = await dueJob();
    const run = await stand().deps.store.triggerJob(id, { by: 'li', params: {} });
    await fire({
      scheduledFor: at('2026-11-20', '16:30'),
      decision: 'skipped',
      reason: 'job_busy',
      blocker: { runIds: [run], group: null },
    });
    const answer = await stand().explainJob(id, '2026-11-20T16:30');
    expect(answer).toMatchObject({
      verdict: 'skipped',
      code: 'job_busy',
      blockedBy: [{ id: run, state: 'pending' }],
    });
    expect(answer.text.en).toContain(`run ${run}`);
    expect(answer.text.zh).toContain(`运行 ${run}`);
  });

  it('names the group that was full', async () => {
    const id = await dueJob();
    await fire({
      scheduledFor: at('2026-11-20', '16:30'),
      decision: 'skipped',
      reason: 'group_busy',
      blocker: { runIds: [], group: 'tushare' },
    });
    const answer = await stand().explainJob(id, '2026-11-20');
    expect(answer).toMatchObject({ verdict: 'skipped', code: 'group_busy' });
    expect(answer.text.en).toContain('group tushare');
    expect(answer.text.zh).toContain('并发组 tushare');
  });

  it('covers every moment of a stretch that was missed', async () => {
    await stand().setClock('2026-11-20', '00:30');
    const { id } = await stand().keepJob(HOURLY);
    await stand().setClock('2026-11-20', '12:30');
    await fire({
      scheduledFor: at('2026-11-20', '01:00'),
      until: at('2026-11-20', '12:00'),
      dueCount: 12,
      decision: 'missed',
      reason: 'too_late',
    });
    const answer = await stand().explainJob(id, '2026-11-20T07:00');
    expect(answer).toMatchObject({
      verdict: 'missed',
      code: 'too_late',
      moment: { scheduledFor: '2026-11-19T23:00:00.000Z' },
    });
    expect(answer.text.en).toContain('It was missed: 2026-11-20 01:00 to 2026-11-20 12:00.');
    expect(answer.text.zh).toContain('12 个到期时刻');
  });
});

describe('why there was nothing to decide', () => {
  it('is a holiday or a weekend, by name, with the next trading day', async () => {
    await stand().setClock('2026-09-01', '10:00');
    const { id } = await stand().keepJob(CLOSE);
    await stand().setClock('2026-11-20', '12:00');
    const holiday = await stand().explainJob(id, '2026-10-01');
    expect(holiday).toMatchObject({ verdict: 'no_moment', code: 'closed_day' });
    expect(holiday.text.en).toBe(
      'The exchanges are closed on 2026-10-01 (holiday), and it runs on trading days only; the next one is 2026-10-08.',
    );
    expect(holiday.text.zh).toContain('节假日');
    const weekend = await stand().explainJob(id, '2026-11-14T16:30');
    expect(weekend).toMatchObject({ code: 'closed_day', text: { zh: expect.stringContaining('周末') } });
  });

  it('is a time that the trigger does not name, with the moments around it', async () => {
    await stand().setClock('2026-11-01', '10:00');
    const { id } = await stand().keepJob(HOURLY, { tradingDaysOnly: true });
    await stand().setClock('2026-11-20', '12:00');
    expect(await stand().explainJob(id, '2026-11-20T09:15')).toMatchObject({
      verdict: 'no_moment',
      code: 'no_moment',
      previous: { scheduledFor: '2026-11-20T01:00:00.000Z' },
      next: { scheduledFor: '2026-11-20T02:00:00.000Z' },
    });
    expect(await stand().explainJob(id, '2026-11-14T09:00')).toMatchObject({ code: 'closed_day' });
    expect(await stand().explainJob(id, '2026-11-14T09:15')).toMatchObject({ code: 'no_moment' });
  });

  it('is the active window, or the jitter after a moment', async () => {
    await stand().setClock('2026-11-01', '10:00');
    const { id } = await stand().keepJob(HOURLY, {
      activeFrom: at('2026-11-10', '00:00'),
      activeUntil: at('2026-11-19', '00:00'),
      jitterSeconds: 600,
    });
    await stand().setClock('2026-11-20', '12:00');
    const early = await stand().explainJob(id, '2026-11-09T09:00');
    expect(early).toMatchObject({ code: 'outside_active_window' });
    expect(early.text.en).toContain('2026-11-10 00:00');
    const late = await stand().explainJob(id, '2026-11-19T09:00');
    expect(late).toMatchObject({ code: 'outside_active_window' });
    expect(late.text.zh).toContain('2026-11-19 00:00');
    const moment = nextMoment({ key: 'bars', definition: { ...syncJob(HOURLY) } }, at('2026-11-12', '08:59'));
    expect(moment?.scheduledFor).toBe(at('2026-11-12', '09:00'));
    expect(await stand().explainJob(id, '2026-11-12T09:00:01')).toMatchObject({ code: 'jitter' });
  });

  it('is that the job was not there yet, or that somebody had paused or disabled it', async () => {
    await stand().setClock('2026-11-10', '10:00');
    const { id } = await stand().keepJob(CLOSE);
    const { store } = stand().deps;
    await stand().setClock('2026-11-16', '10:00');
    await store.setJobState(id, 'paused', 'wang', nextMoment);
    await stand().setClock('2026-11-18', '10:00');
    await store.setJobState(id, 'disabled', 'zhao', nextMoment);
    await stand().setClock('2026-11-20', '18:00');
    expect(await stand().explainJob(id, '2026-11-05')).toMatchObject({
      verdict: 'not_active',
      code: 'job_not_made',
      text: { en: expect.stringContaining('2026-11-10 10:00') },
    });
    const paused = await stand().explainJob(id, '2026-11-17');
    expect(paused).toMatchObject({ verdict: 'not_active', code: 'job_paused' });
    expect(paused.text).toEqual({
      en: 'The job was paused, by wang at 2026-11-16 10:00.',
      zh: '该任务已于 2026-11-16 10:00 由 wang 暂停。',
    });
    expect(await stand().explainJob(id, '2026-11-19')).toMatchObject({
      code: 'job_disabled',
      text: { zh: expect.stringContaining('zhao') },
    });
    expect(await stand().explainJob(id, '2026-11-27')).toMatchObject({
      verdict: 'will_not_run',
      code: 'job_disabled',
      moment: { scheduledFor: '2026-11-27T08:30:00.000Z' },
    });
  });

  it('is the trigger that it had then, which is not that of now', async () => {
    await stand().setClock('2026-11-10', '10:00');
    const job = await stand().keepJob(HOURLY);
    await stand().setClock('2026-11-19', '18:00');
    await stand().deps.store.updateJob(
      job.id,
      { definition: syncJob(CLOSE), expected: job.version, author: 'li' },
      nextMoment,
    );
    await stand().setClock('2026-11-20', '12:00');
    expect(await stand().explainJob(job.id, '2026-11-18T16:30')).toMatchObject({
      verdict: 'no_moment',
      code: 'no_moment',
      notes: [{ code: 'other_version', text: { en: expect.stringContaining('version 1') } }],
    });
  });

  it('is that people start it, or another job does', async () => {
    await stand().setClock('2026-11-10', '10:00');
    const upstream = await stand().keepJob({ kind: 'manual' });
    const after = await stand().deps.store.createJob(
      {
        key: 'later',
        definition: syncJob({ kind: 'after', jobId: upstream.id }),
        state: 'enabled',
        author: 'li',
      },
      nextMoment,
    );
    expect(await stand().explainJob(upstream.id)).toMatchObject({
      verdict: 'will_not_run',
      code: 'manual_only',
    });
    expect(await stand().explainJob(after.id)).toMatchObject({ verdict: 'will_run', code: 'follows_job' });
    expect(await stand().explainJob(after.id, '2026-11-09')).toMatchObject({ code: 'job_not_made' });
  });

  it('is that no scheduler was there to decide, or that one is about to', async () => {
    const id = await dueJob();
    expect(await stand().explainJob(id, '2026-11-20')).toMatchObject({
      verdict: 'undecided',
      code: 'no_scheduler',
      blocking: [{ code: 'no_scheduler', stops: true }],
    });
    await schedulerTurns();
    expect(await stand().explainJob(id, '2026-11-20T16:30')).toMatchObject({ code: 'about_to_fire' });
    expect(await stand().explainJob(id)).toMatchObject({ verdict: 'undecided', code: 'about_to_fire' });
  });

  it('is that records so old are not kept', async () => {
    await stand().setClock('2024-01-02', '10:00');
    const { id } = await stand().keepJob(CLOSE);
    await stand().setClock('2026-11-20', '12:00');
    expect(await stand().explainJob(id, '2024-03-05')).toMatchObject({ code: 'records_gone' });
  });
});

describe('what is to come', () => {
  const futureJob = async () => {
    await stand().setClock('2026-09-01', '10:00');
    return stand().keepJob(CLOSE);
  };

  it('will run, with a scheduler and a worker alive', async () => {
    const { id } = await futureJob();
    await schedulerTurns();
    await addWorker(stand().deps.store);
    const answer = await stand().explainJob(id, '2026-09-02');
    expect(answer).toMatchObject({ verdict: 'will_run', code: 'due', blocking: [] });
    expect(answer.text).toEqual({
      en: 'It will run at 2026-09-02 16:30.',
      zh: '它将于 2026-09-02 16:30 运行。',
    });
    expect(await stand().explainJob('bars')).toMatchObject({
      verdict: 'will_run',
      moment: { scheduledFor: '2026-09-01T08:30:00.000Z' },
    });
  });

  it('will not on a holiday', async () => {
    const { id } = await futureJob();
    const answer = await stand().explainJob(id, '2026-10-02');
    expect(answer).toMatchObject({
      verdict: 'will_not_run',
      code: 'closed_day',
      previous: { scheduledFor: '2026-09-30T08:30:00.000Z' },
      next: { scheduledFor: '2026-10-08T08:30:00.000Z' },
    });
  });

  it('says which days nobody has announced yet', async () => {
    const { id } = await futureJob();
    await schedulerTurns();
    expect(await stand().explainJob(id, '2027-02-03')).toMatchObject({
      verdict: 'will_run',
      notes: [{ code: 'assumed_day', text: { zh: expect.stringContaining('2026-12-31') } }],
    });
  });

  it('will not without a scheduler, and would wait without a worker', async () => {
    const { id } = await futureJob();
    await stand().db.rows(sql`UPDATE tapekeeper.worker SET stopped_at = now()`);
    const without = await stand().explainJob(id, '2026-09-02');
    expect(without).toMatchObject({ verdict: 'will_not_run', code: 'no_scheduler' });
    expect(without.blocking.map(({ code }) => code)).toEqual(['no_scheduler', 'no_worker']);
    await schedulerTurns();
    const waiting = await stand().explainJob(id, '2026-09-02');
    expect(waiting).toMatchObject({ verdict: 'will_run', code: 'no_worker' });
    expect(waiting.text.zh).toContain('没有存活的工作者');
  });

  it('would be skipped while the job is at work, were it to go on until then', async () => {
    const { id } = await futureJob();
    await schedulerTurns();
    const run = await stand().deps.store.triggerJob(id, { by: 'li', params: {} });
    expect(await stand().explainJob(id, '2026-09-01')).toMatchObject({
      verdict: 'will_not_run',
      code: 'job_busy',
      blocking: expect.arrayContaining([expect.objectContaining({ stops: true, runIds: [run] })]),
    });
    // a run of today says nothing of next month
    expect(await stand().explainJob(id, '2026-10-09')).toMatchObject({ verdict: 'will_run' });
    expect(await stand().explainJob(id)).toMatchObject({ verdict: 'running', run: { id: run } });
  });

  it('would wait for its group under the policy to queue', async () => {
    await stand().setClock('2026-09-01', '10:00');
    const policies = { ...syncJob().policies, group: 'tushare' };
    const busy = await stand().deps.store.createJob(
      { key: 'busy', definition: { ...syncJob(), policies }, state: 'enabled', author: 'li' },
      nextMoment,
    );
    const run = await stand().deps.store.triggerJob(busy.id, { by: 'li', params: {} });
    const { id } = await stand().keepJob(CLOSE, { overlap: 'queue' }, { policies });
    await schedulerTurns();
    const answer = await stand().explainJob(id, '2026-09-01');
    expect(answer).toMatchObject({
      verdict: 'will_run',
      code: 'group_busy',
      blocking: expect.arrayContaining([
        expect.objectContaining({ stops: false, group: 'tushare', runIds: [run] }),
      ]),
    });
    expect(answer.text.en).toContain('waits for its end');
  });

  it('names sources that are all left alone', async () => {
    const { id } = await futureJob();
    await schedulerTurns();
    const { store } = stand().deps;
    await store.openBreaker('tushare.test', 'too many calls', 30 * 60_000, false);
    expect(await stand().explainJob(id, '2026-09-01T16:30')).toMatchObject({ code: 'due' });
    await stand().setClock('2026-09-01', '16:20');
    await schedulerTurns();
    await store.openBreaker('tushare.test', 'too many calls', 30 * 60_000, false);
    await store.openBreaker('baostock.test', 'too many calls', 30 * 60_000, false);
    const answer = await stand().explainJob(id, '2026-09-01T16:30');
    expect(answer.blocking.map(({ code }) => code)).toContain('sources_closed');
    expect(answer.text.en).toMatch(/until: tushare\.test \(2026-09-01 1\d:\d\d:00\), baostock\.test/);
  });
});

it('refuses what is no job and what is no time', async () => {
  await stand().setClock('2026-11-20', '12:00');
  const { id } = await stand().keepJob(CLOSE);
  expect((await stand().get('/v1/jobs/nothing/explain')).statusCode).toBe(404);
  expect((await stand().get(`/v1/jobs/${id}/explain?at=tomorrow`)).json()).toMatchObject({
    code: 'bad_time',
  });
});
