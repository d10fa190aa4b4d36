import {
  fireListSchema,
  jobChangesSchema,
  jobListSchema,
  jobReportSchema,
  jobSchema,
  jobVersionsSchema,
  runSchema,
  starterListSchema,
  startersInstalledSchema,
  type NewJobBody,
} from '@tapekeeper/contract';
import { STARTERS } from '@tapekeeper/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { createHttpStand, TOKEN, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
});

const SYNC = { type: 'sync', name: 'bars', params: { dataset: 'daily_bars' } } as const;
const hourly = { trigger: { kind: 'interval', everySeconds: 3600 } } as const;

const create = (key: string, rest: Partial<NewJobBody> = {}) =>
  stand.post('/v1/jobs', { key, definition: SYNC, ...rest });
const made = async (key: string, rest: Partial<NewJobBody> = {}) => {
  const answer = await create(key, rest);
  expect(answer).toMatchObject({ statusCode: 201 });
  return jobReportSchema.parse(answer.json()).job;
};
const write = (method: 'PUT' | 'DELETE', url: string, payload?: object) =>
  stand.ask({
    method,
    url,
    headers: { authorization: `Bearer ${TOKEN}` },
    ...(payload === undefined ? {} : { payload }),
  });
const get = async (url: string) => (await stand.get(url)).json<unknown>();

describe('a job', () => {
  it('is made with defaults, found by number and key, and sent back as it is read', async () => {
    const job = await made('bars', { enabled: true, definition: { ...SYNC, schedule: hourly } });
    expect(job).toMatchObject({
      key: 'bars',
      state: 'enabled',
      version: 1,
      words: { en: expect.stringContaining('Every 1 hour'), zh: expect.stringContaining('每 1 小时') },
      definition: {
        description: '',
        tags: [],
        schedule: { overlap: 'skip', misfire: 'run_once', tradingDaysOnly: false },
        policies: { maxAttempts: 3, retrySeconds: 60, mostRuns: 1, group: null, priority: 'normal' },
      },
      openRuns: 0,
      lastRun: null,
    });
    expect(Date.parse(job.next?.scheduledFor ?? '')).toBeGreaterThan(Date.parse(job.createdAt));
    expect(jobSchema.parse(await get('/v1/jobs/bars'))).toEqual(job);
    expect(jobSchema.parse(await get(`/v1/jobs/${job.id}`))).toEqual(job);
    const same = await write('PUT', '/v1/jobs/bars', { version: 1, definition: job.definition });
    expect(jobReportSchema.parse(same.json()).job).toEqual(job);
  });

  it.each([
    ['A', {}, 'bad_job_key'],
    ['12', {}, 'bad_job_key'],
    ['x', { definition: { ...SYNC, params: { dataset: 'daily_bar' } } }, 'unknown_dataset'],
    ['x', { definition: { ...SYNC, params: { dataset: 'weekly_bars' } } }, 'derived_dataset'],
    ['x', { definition: { ...SYNC, params: { dataset: 'daily_bars', set: 'none' } } }, 'unknown_set'],
    ['x', { definition: { ...SYNC, params: { dataset: 'daily_bars', sources: ['x'] } } }, 'unknown_source'],
    ['x', { definition: { ...SYNC, params: { dataset: 'daily_bars', from: 'soon' } } }, 'bad_day'],
    ['x', { definition: { ...SYNC, params: { dataset: 'daily_bars', more: 1 } } }, 'bad_request'],
    [
      'x',
      { definition: { ...SYNC, schedule: { trigger: { kind: 'cron', expression: '61 * * * *' } } } },
      'bad_cron',
    ],
    [
      'x',
      { definition: { ...SYNC, schedule: { trigger: { kind: 'session', rule: 'noon' } } } },
      'bad_session_rule',
    ],
    [
      'x',
      { definition: { ...SYNC, schedule: { trigger: { kind: 'once', at: '2020-01-01T00:00:00Z' } } } },
      'once_in_past',
    ],
    [
      'x',
      { definition: { ...SYNC, schedule: { trigger: { kind: 'after', jobId: 'nobody' } } } },
      'unknown_job',
    ],
    ['x', { definition: { type: 'command', name: 'c', params: { program: 'rm' } } }, 'command_not_allowed'],
    ['x', { definition: { type: 'reconcile', name: 'r', params: { dataset: 'news' } } }, 'bad_request'],
    [
      'x',
      {
        definition: {
          type: 'export',
          name: 'e',
          params: { dataset: 'news', format: 'csv', adjust: 'forward' },
        },
      },
      'bad_request',
    ],
    ['x', { definition: { type: 'workflow', name: 'w', params: { nodes: [] } } }, 'workflow_invalid'],
    [
      'x',
      { definition: { type: 'workflow', name: 'w', params: { nodes: [{ node: 'n', jobId: 999 }] } } },
      'workflow_invalid',
    ],
    ['x', { definition: { ...SYNC, tags: ['two words'] } }, 'bad_request'],
  ])('%s with %j is refused: %s', async (key, rest, code) => {
    const answer = await stand.post('/v1/jobs', { key, definition: SYNC, ...rest });
    expect(answer.json()).toMatchObject({ code });
    expect(jobListSchema.parse(await get('/v1/jobs')).jobs).toEqual([]);
  });

  it('needs the token for every change, and nothing to be read', async () => {
    const { id } = await made('bars');
    const bare = (method: 'POST' | 'PUT' | 'DELETE', url: string) =>
      stand.ask({ method, url, headers: { authorization: 'Bearer no' }, payload: {} });
    const steps = ['enable', 'disable', 'pause', 'resume', 'copy', 'trigger'].map(
      (step) => `/v1/jobs/${id}/${step}`,
    );
    for (const url of ['/v1/jobs', '/v1/starters', ...steps])
      expect((await bare('POST', url)).statusCode).toBe(401);
    expect((await bare('PUT', `/v1/jobs/${id}`)).statusCode).toBe(401);
    expect((await bare('DELETE', `/v1/jobs/${id}`)).statusCode).toBe(401);
    expect((await stand.get(`/v1/jobs/${id}`)).statusCode).toBe(200);
  });

  it('is changed by who has seen it as it is, and keeps what it was', async () => {
    const { id } = await made('bars', { definition: { ...SYNC, schedule: hourly } });
    const before = jobSchema.parse(await get('/v1/jobs/bars')).definition.schedule.trigger;
    const changed = await write('PUT', `/v1/jobs/${id}`, {
      version: 1,
      definition: { ...SYNC, name: 'other', schedule: hourly },
    });
    const { job } = jobReportSchema.parse(changed.json());
    expect(job).toMatchObject({ version: 2, definition: { name: 'other', schedule: { trigger: before } } });
    const late = await write('PUT', `/v1/jobs/${id}`, { version: 1, definition: SYNC });
    expect(late.json()).toMatchObject({ status: 409, code: 'job_changed' });
    const { versions } = jobVersionsSchema.parse(await get(`/v1/jobs/${id}/versions`));
    expect(versions.map((one) => [one.version, one.definition.name])).toEqual([
      [2, 'other'],
      [1, 'bars'],
    ]);
    expect(jobVersionsSchema.parse(await get(`/v1/jobs/${id}/versions?limit=1`))).toMatchObject({ next: 2 });
    expect(jobVersionsSchema.parse(await get(`/v1/jobs/${id}/versions?before=2`)).versions).toHaveLength(1);
  });

  it('goes through its states, and every step is kept', async () => {
    await made('bars', { definition: { ...SYNC, schedule: hourly } });
    const step = async (name: string) => (await stand.post(`/v1/jobs/bars/${name}`, {})).json<object>();
    expect(await step('pause')).toMatchObject({ code: 'bad_job_step' });
    expect(await step('resume')).toMatchObject({ code: 'bad_job_step' });
    expect(await step('enable')).toMatchObject({
      job: { state: 'enabled', next: { dueAt: expect.any(String) } },
    });
    expect(await step('pause')).toMatchObject({ job: { state: 'paused', next: null } });
    expect(await step('pause')).toMatchObject({ job: { state: 'paused' } });
    expect(await step('resume')).toMatchObject({ job: { state: 'enabled' } });
    expect(await step('disable')).toMatchObject({ job: { state: 'disabled', next: null } });
    const { changes } = jobChangesSchema.parse(await get('/v1/jobs/bars/changes'));
    expect(changes.map((one) => one.action)).toEqual(['disabled', 'resumed', 'paused', 'enabled', 'created']);
    expect(await step('enable')).toMatchObject({ warnings: [] });
  });

  it('is copied, disabled, under a key of its own', async () => {
    await made('bars', { enabled: true, definition: { ...SYNC, schedule: hourly } });
    const copy = async (body: object) => (await stand.post('/v1/jobs/bars/copy', body)).json<object>();
    expect(await copy({})).toMatchObject({
      job: { key: 'bars-copy', state: 'disabled', definition: { name: 'bars (copy)' } },
    });
    expect(await copy({})).toMatchObject({ job: { key: 'bars-copy2' } });
    expect(await copy({ key: 'bars' })).toMatchObject({ code: 'job_exists' });
    expect(await copy({ key: 'B' })).toMatchObject({ code: 'bad_job_key' });
  });

  it('runs by hand with parameters for that run alone, and nothing of it changes', async () => {
    const before = await made('bars');
    const trigger = (body: object) => stand.post('/v1/jobs/bars/trigger', body);
    expect((await trigger({ params: { from: 'soon' } })).json()).toMatchObject({ code: 'bad_day' });
    expect((await trigger({ params: { nonsense: 1 } })).json()).toMatchObject({ code: 'bad_request' });
    const begun = await trigger({ params: { from: '2024-01-04', to: '2024-01-05' } });
    expect(begun.statusCode).toBe(202);
    const run = runSchema.parse(begun.json());
    expect(run).toMatchObject({
      cause: 'person',
      requestedBy: 'installation',
      job: { key: 'bars', version: 1 },
      wish: { dataset: 'daily_bars', from: '2024-01-04', to: '2024-01-05' },
    });
    expect((await trigger({})).json()).toMatchObject({ status: 409, code: 'job_busy' });
    const job = jobSchema.parse(await get('/v1/jobs/bars'));
    expect(job).toMatchObject({ ...before, openRuns: 1, lastRun: { id: run.id, state: 'pending' } });
    const { changes } = jobChangesSchema.parse(await get('/v1/jobs/bars/changes'));
    expect(changes[0]).toMatchObject({ action: 'triggered', detail: { runId: run.id } });
    expect((await write('DELETE', '/v1/jobs/bars')).json()).toMatchObject({ code: 'job_busy' });
    await stand.work();
    expect((await write('DELETE', '/v1/jobs/bars')).json()).toMatchObject({ key: 'bars' });
    expect((await stand.get('/v1/jobs/bars')).statusCode).toBe(404);
  });

  it('that repairs waits while it is busy, and one without a trigger refuses, unless told otherwise', async () => {
    const overlapOf = async (key: string, definition: object) => {
      const answer = await stand.post('/v1/jobs', { key, definition: { ...SYNC, ...definition } });
      return jobReportSchema.parse(answer.json()).job.definition.schedule.overlap;
    };
    expect(await overlapOf('a', { type: 'repair', schedule: hourly })).toBe('queue');
    expect(await overlapOf('b', {})).toBe('reject');
    expect(await overlapOf('c', { schedule: hourly })).toBe('skip');
    expect(await overlapOf('d', { type: 'repair', schedule: { ...hourly, overlap: 'skip' } })).toBe('skip');
  });

  it('that lacks a right is kept, with a warning', async () => {
    await stand.deps.store.saveRight({
      source: 'tushare',
      api: 'daily_bars',
      allowed: false,
      detail: 'no points',
    });
    const answer = await create('bars', { definition: { ...SYNC, params: { dataset: 'daily_bars' } } });
    const { warnings } = jobReportSchema.parse(answer.json());
    expect(warnings).toMatchObject([
      { code: 'permission_denied', text: { en: expect.stringContaining('no points') } },
    ]);
    const nobody = await create('news', { definition: { ...SYNC, params: { dataset: 'news' } } });
    expect(jobReportSchema.parse(nobody.json()).warnings).toMatchObject([{ code: 'source_lacks_dataset' }]);
  });
});

describe('jobs that need each other', () => {
  it('are named by key, and leave in order', async () => {
    const first = await made('first');
    const second = await made('second', {
      definition: { ...SYNC, schedule: { trigger: { kind: 'after', jobId: 'first' } } },
    });
    expect(second.definition.schedule.trigger).toEqual({ kind: 'after', jobId: first.id });
    expect((await write('DELETE', '/v1/jobs/first')).json()).toMatchObject({
      code: 'job_in_use',
      detail: expect.stringContaining('second'),
    });
    const loop = await write('PUT', '/v1/jobs/first', {
      version: 1,
      definition: { ...SYNC, schedule: { trigger: { kind: 'after', jobId: 'second' } } },
    });
    expect(loop.json()).toMatchObject({
      code: 'job_loop',
      detail: expect.stringContaining('first -> second -> first'),
    });
  });

  it('are no nodes while they are disabled', async () => {
    await made('first');
    const flow: NewJobBody['definition'] = {
      type: 'workflow',
      name: 'f',
      params: { nodes: [{ node: 'a', jobId: 'first' }] },
    };
    expect((await create('flow', { definition: flow })).json()).toMatchObject({ code: 'workflow_invalid' });
    await stand.post('/v1/jobs/first/enable', {});
    expect(await made('flow', { definition: flow })).toMatchObject({
      definition: { params: { mode: 'serial', onFailure: 'stop' } },
    });
  });
});

describe('lists', () => {
  it('of jobs are read page by page, by what one looks for', async () => {
    for (const key of ['a1', 'a2', 'b1'])
      await made(key, { definition: { ...SYNC, tags: [key.slice(0, 1)] } });
    const keysOf = async (query: string) =>
      jobListSchema.parse(await get(`/v1/jobs?${query}`)).jobs.map((job) => job.key);
    expect(await keysOf('')).toEqual(['a1', 'a2', 'b1']);
    expect(await keysOf('tag=a')).toEqual(['a1', 'a2']);
    expect(await keysOf('text=B')).toEqual(['a1', 'a2', 'b1']);
    expect(await keysOf('text=B1')).toEqual(['b1']);
    expect(await keysOf('state=enabled,paused')).toEqual([]);
    expect(await keysOf('type=workflow')).toEqual([]);
    expect(await keysOf('trigger=manual')).toHaveLength(3);
    const page = jobListSchema.parse(await get('/v1/jobs?limit=2'));
    expect(page).toMatchObject({ counts: { disabled: 3, enabled: 0, paused: 0 } });
    expect(await keysOf(`after=${page.next}`)).toEqual(['b1']);
    expect(await get('/v1/jobs?state=off')).toMatchObject({ code: 'bad_request' });
  });

  it('of fires are those of a job, or of all', async () => {
    const { id } = await made('bars');
    await database().db.rows(sql`
      INSERT INTO tapekeeper.fire (job_id, scheduled_for, until, decision, reason, blocker)
      VALUES (${id}, '2024-01-05', '2024-01-06', 'skipped', 'job_busy', '{"runIds": [7], "group": null}'),
        (${id}, '2024-01-07', '2024-01-07', 'missed', 'too_late', NULL)`);
    const skipped = fireListSchema.parse(await get('/v1/jobs/bars/fires?decision=skipped'));
    expect(skipped.fires).toMatchObject([
      { jobId: id, scheduledFor: '2024-01-05T00:00:00.000Z', blocker: { runIds: [7] }, runId: null },
    ]);
    const first = fireListSchema.parse(await get('/v1/fires?limit=1'));
    expect(first.fires).toMatchObject([{ reason: 'too_late' }]);
    expect(fireListSchema.parse(await get(`/v1/fires?before=${first.next}&job=bars`)).fires).toHaveLength(1);
    expect(await get('/v1/jobs/nobody/fires')).toMatchObject({ code: 'unknown_job' });
  });
});

describe('starters', () => {
  it('are listed, made when asked for, and left alone when they are there', async () => {
    const list = async () => starterListSchema.parse(await get('/v1/starters')).starters;
    expect((await list()).filter((one) => one.jobId !== null)).toEqual([]);
    const install = async (body: object) =>
      startersInstalledSchema.parse((await stand.post('/v1/starters', body)).json()).installed;
    expect(await install({ enable: 'core' })).toHaveLength(STARTERS.length);
    const there = await list();
    expect(there.filter((one) => one.core).every((one) => one.state === 'enabled')).toBe(true);
    expect(there.filter((one) => !one.core).every((one) => one.state === 'disabled')).toBe(true);
    expect(await install({ enable: 'core' })).toEqual([]);
    await write('DELETE', '/v1/jobs/retention');
    expect(await install({})).toEqual(['retention']);
  });
});
