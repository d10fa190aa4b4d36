import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureJob } from '../../packages/server/src/app/jobs/ensureJob.ts';
import { requestSync } from '../../packages/server/src/app/requestSync.ts';
import { executionId } from '../../packages/server/src/http/documented/tradingAgents/executionId.ts';
import { HISTORICAL } from '../../packages/server/src/http/documented/stockQuote/collection/collectionJobs.ts';
import { stampShanghai } from '../../packages/server/src/http/documented/times.ts';
import { LIVE_LIMITS } from '../../packages/server/src/live/limits.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { openLiveStand, TOKEN, type LiveStand } from '../live/liveStand.ts';
import { makeUser } from '../security/identities.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { honestSources } from '../support/handSource.ts';
import { syncJob } from '../support/jobDefinition.ts';
import { SPAN } from '../support/smallMarket.ts';
import { until } from '../support/until.ts';
import { ofType, pushSocket, refusedWith, type PushSocket } from './pushSocket.ts';

let database: TestDatabase;
let stand: LiveStand;
let viewer: string;

beforeAll(async () => {
  database = await createDatabase('push');
  stand = await openLiveStand(database, {
    limits: { proveMs: 300, pushHeartbeatMs: 200, recheckMs: 300 },
    sources: Object.values(honestSources()),
  });
  const { headers } = await makeUser(stand.deps, 'vera', 'viewer');
  viewer = headers['authorization']?.slice('Bearer '.length) ?? '';
});
afterAll(async () => {
  await stand.close();
  await database.drop();
});

const ask = (path: string, token = TOKEN): PushSocket => pushSocket(stand.url, `${path}?token=${token}`);
const syncRun = (): Promise<number> => requestSync(stand.deps, { dataset: 'daily_bars', ...SPAN });

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+08:00$/;
const NEWS_KEYS = [
  'task_id',
  'status',
  'message',
  'step',
  'total_steps',
  'progress',
  'timestamp',
  'execution_id',
  'job_id',
  'current_step_name',
  'current_item',
  'total_items',
  'processed_items',
  'elapsed_time',
  'remaining_time',
  'estimated_total_time',
  'steps',
];

describe('the WebSockets of a task', () => {
  it.each(['/ws/progress', '/api/ws/progress', '/api/ws/tasks'])(
    'at %s say that they are connected, how far it is, and that it is over',
    async (path) => {
      const id = await syncRun();
      const socket = ask(`${path}/${id}`);
      expect(await socket.first(ofType('connected'))).toEqual({
        type: 'connected',
        data: { task_id: String(id), timestamp: expect.stringMatching(TIME), message: '已连接任务进度流' },
      });
      const begun = await socket.first(ofType('progress'));
      expect(Object.keys(begun)).toEqual(['type', 'data']);
      expect(Object.keys(begun.data)).toEqual(NEWS_KEYS);
      expect(begun.data).toMatchObject({
        task_id: String(id),
        status: 'pending',
        message: '等待执行',
        progress: 0,
        timestamp: expect.stringMatching(TIME),
      });
      await stand.work();
      await stand.tell();
      const { data } = await socket.first(ofType('completed'));
      expect(data).toMatchObject({
        task_id: String(id),
        status: 'completed',
        message: '任务完成',
        progress: 100,
      });
      expect(data['step']).toBe(data['total_steps']);
      const steps = data['steps'] as { name: string; status: string }[];
      expect(steps.length).toBe(data['total_steps']);
      expect(steps.map(({ status }) => status)).toEqual(steps.map(() => 'completed'));
      expect(socket.messages.filter(ofType('completed'))).toHaveLength(1);
      socket.socket.close();
    },
  );

  it.each(['/api/ws/task', '/api/analysis/ws/task'])(
    'at %s speak as the page of the task centre reads it',
    async (path) => {
      const id = await syncRun();
      const socket = ask(`${path}/${id}`);
      expect(await socket.first(ofType('connection_established'))).toEqual({
        type: 'connection_established',
        task_id: String(id),
        message: 'WebSocket 连接已建立',
      });
      const begun = await socket.first(ofType('progress_update'));
      expect(Object.keys(begun)).toEqual(['type', ...NEWS_KEYS]);
      await stand.work();
      await stand.tell();
      const end = await socket.first(
        (one) => one.type === 'progress_update' && one['status'] === 'completed',
      );
      expect(end).toMatchObject({ message: '任务完成', progress: 100 });
      socket.socket.close();
    },
  );

  it('know it by its number, as an execution, as a task of the stock quotes, and by its job', async () => {
    const job = await ensureJob(stand.deps, HISTORICAL.key, HISTORICAL.define);
    const id = await stand.deps.store.triggerJob(job.id, { by: 'ann', params: {} });
    const { createdAt } = await stand.run(id);
    const names = [
      String(id),
      executionId({ id, createdAt }),
      `historical_collection_${stampShanghai(createdAt)}_${id}`,
      'historical_collection',
    ];
    const sockets = names.map((name) => ask(`/ws/progress/${name}`));
    const first = await Promise.all(sockets.map((socket) => socket.first(ofType('progress'))));
    for (const [at, { data }] of first.entries()) {
      expect(data).toMatchObject({
        task_id: names[at],
        execution_id: executionId({ id, createdAt }),
        job_id: 'historical_collection',
      });
    }
    await stand.work();
    await stand.tell();
    await Promise.all(sockets.map((socket) => socket.first(ofType('completed'))));
    for (const { socket } of sockets) socket.close();
  });

  it('know a job by what the document calls it', async () => {
    await ensureJob(stand.deps, 'tushare_financial_sync', () => syncJob());
    const socket = ask('/ws/progress/financial_sync');
    expect((await socket.first(ofType('connected'))).data).toMatchObject({ task_id: 'financial_sync' });
    socket.socket.close();
  });

  it('follow a job from one run to the next', async () => {
    const job = await ensureJob(stand.deps, 'next_job', () => syncJob());
    const socket = ask('/ws/progress/next_job');
    await socket.first(ofType('connected'));
    for (const _ of [1, 2]) {
      const id = await stand.deps.store.triggerJob(job.id, { by: 'ann', params: {} });
      const { createdAt } = await stand.run(id);
      await stand.work();
      await stand.tell();
      const ofRun = executionId({ id, createdAt });
      const end = await socket.first(
        ({ type, data }) => type === 'completed' && data['execution_id'] === ofRun,
      );
      expect(end.data).toMatchObject({ task_id: 'next_job', progress: 100 });
    }
    socket.socket.close();
  });

  it('say what was wrong where it failed, and that it was cancelled where it was', async () => {
    const [failed, cancelled] = [await syncRun(), await syncRun()];
    const sockets = [failed, cancelled].map((id) => ask(`/ws/progress/${id}`));
    await Promise.all(sockets.map((socket) => socket.first(ofType('progress'))));
    const stop = (id: number, end: 'failed' | 'cancelled') =>
      stand.deps.store.stopRun(
        id,
        { end, code: end === 'failed' ? 'marked_failed' : 'cancelled', reason: 'by hand', by: 'ann' },
        true,
      );
    await stop(failed, 'failed');
    await stop(cancelled, 'cancelled');
    await stand.tell();
    const [one, other] = await Promise.all(sockets.map((socket) => socket.first(ofType('error'))));
    expect(one?.data).toMatchObject({ status: 'failed', message: expect.stringMatching(/^任务失败：/) });
    expect(other?.data).toMatchObject({ status: 'cancelled', message: '任务已取消' });
    for (const { socket } of sockets) socket.close();
  });

  it('tell at once how one ended that is over', async () => {
    const id = await syncRun();
    await stand.work();
    const socket = ask(`/ws/progress/${id}`);
    expect((await socket.first(ofType('completed'))).data).toMatchObject({ progress: 100 });
    socket.socket.close();
  });

  it.each([
    ['a run that there is not', '999999999'],
    ['an execution of another second', '000000010000000000000001'],
    ['a task of another kind', 'nonsense_20251027_080000_1'],
    ['a job that there is not', 'no_such_job'],
    ['a number that is too large', '99999999999999999999'],
  ])('say of %s that it is not there, and are closed', async (_, taskId) => {
    const socket = ask(`/ws/progress/${taskId}`);
    expect(await socket.first(ofType('error'))).toEqual({
      type: 'error',
      data: { task_id: taskId, message: '任务不存在' },
    });
    expect(await socket.closed).toEqual({ code: 1008, reason: 'Not found' });
  });

  it('hear now and then that the server is there', async () => {
    expect(LIVE_LIMITS.pushHeartbeatMs).toBe(30_000);
    const id = await syncRun();
    const socket = ask(`/ws/progress/${id}`);
    expect(await socket.first(ofType('heartbeat'))).toEqual({
      type: 'heartbeat',
      data: { timestamp: expect.stringMatching(TIME) },
    });
    socket.socket.close();
  });
});

describe('the WebSocket of notifications', () => {
  it('tells of incidents, of runs that somebody began, and of the progress of all', async () => {
    const socket = ask('/api/ws/notifications', viewer);
    expect(await socket.first(ofType('connected'))).toEqual({
      type: 'connected',
      data: { user_id: 'vera', timestamp: expect.stringMatching(TIME), message: 'WebSocket 连接成功' },
    });
    const id = await syncRun();
    const { createdAt } = await stand.run(id);
    await stand.work();
    await stand.tell();
    const isProgress = (one: PushSocket['messages'][number]): boolean =>
      one.type === 'progress' && one.data['task_id'] === executionId({ id, createdAt });
    expect(Object.keys((await socket.first(isProgress)).data)).toEqual(NEWS_KEYS);
    const ended = await socket.first((one) => one.data['id'] === `run_${id}`);
    expect(ended).toEqual({
      type: 'notification',
      data: {
        id: `run_${id}`,
        title: 'daily_bars：执行成功',
        content: '任务完成',
        type: 'system',
        link: `/runs/${id}`,
        source: 'scheduler',
        created_at: expect.stringMatching(TIME),
        status: 'unread',
      },
    });
    const incident = await openIncident();
    await stand.tell(['incident', { incidentId: incident, change: 'opened', state: 'open' }]);
    expect((await socket.first((one) => one.data['id'] === `incident_${incident}`)).data).toMatchObject({
      type: 'alert',
      title: expect.stringMatching(/job_of_tests/),
      source: 'consecutive_failures',
      status: 'unread',
    });
    socket.socket.close();
  });
});

async function openIncident(): Promise<number> {
  const { id } = await stand.db.one<{ id: number }>(sql`
    INSERT INTO tapekeeper.incident (cause, kind, severity, state, first_seen_at, opened_at, hold_ms)
    VALUES ('job:job_of_tests', 'consecutive_failures', 'warning', 'open', tapekeeper.now(), tapekeeper.now(), 0) RETURNING id`);
  return id;
}

describe('the door of documented WebSockets', () => {
  const TASK = '/api/ws/notifications';

  it('takes a token in the address, in the header, or as the first message', async () => {
    const ways = [
      pushSocket(stand.url, `${TASK}?token=${viewer}`),
      pushSocket(stand.url, TASK, { headers: { authorization: `Bearer ${viewer}` } }),
      pushSocket(stand.url, TASK),
    ];
    const [, , silent] = ways;
    silent?.socket.on('open', () => silent.socket.send(JSON.stringify({ type: 'auth', token: viewer })));
    for (const way of ways) {
      expect((await way.first(ofType('connected'))).data).toMatchObject({ user_id: 'vera' });
      way.socket.close();
    }
  });

  it.each([
    ['in the address', () => pushSocket(stand.url, `${TASK}?token=tk_wrong`)],
    ['that is empty', () => pushSocket(stand.url, `${TASK}?token=`)],
    ['in the header', () => pushSocket(stand.url, TASK, { headers: { authorization: 'Bearer tk_wrong' } })],
    [
      'in the first message',
      () => {
        const socket = pushSocket(stand.url, TASK);
        socket.socket.on('open', () => socket.socket.send('{"type":"auth","token":"tk_wrong"}'));
        return socket;
      },
    ],
    ['that never comes', () => pushSocket(stand.url, TASK)],
  ])('opens for a wrong token %s, and closes so that a browser sees why', async (_, connect) => {
    const socket = connect();
    expect(await socket.closed).toEqual({ code: 1008, reason: 'Unauthorized' });
    expect(socket.messages).toEqual([]);
  });

  it('is shut to other pages, other hosts and paths that nothing is at', async () => {
    expect(await refusedWith(stand.url, TASK, { origin: 'http://evil.example' })).toBe(403);
    expect(await refusedWith(stand.url, TASK, { host: 'evil.example' })).toBe(421);
    expect(await refusedWith(stand.url, '/api/ws/nothing')).toBe(404);
    expect(await refusedWith(stand.url, '/ws/progress/')).toBe(404);
    expect(await refusedWith(stand.url, '/ws/progress/..%2f1')).toBe(404);
  });

  it('ends a connection when its token is revoked, and counts it as any other', async () => {
    const { user, headers } = await makeUser(stand.deps, 'gone', 'viewer');
    const socket = pushSocket(stand.url, TASK, { headers });
    await socket.first(ofType('connected'));
    expect(stand.live.gateway.crowd().get('gone')).toBe(1);
    const [token] = await stand.deps.store.apiTokens({ userId: user.id, before: null, limit: 5 });
    await stand.deps.store.revokeApiToken(token?.id ?? 0, user.id);
    await stand.tell();
    expect(await socket.closed).toEqual({ code: 1008, reason: 'Unauthorized' });
    await until(async () => !stand.live.gateway.crowd().has('gone'));
  });

  it('ends what says too much, and hears whatever else without a word', async () => {
    const [flood, quiet] = [ask(TASK), ask(TASK)];
    await Promise.all([flood.first(ofType('connected')), quiet.first(ofType('connected'))]);
    for (let n = 0; n < 60; n++) flood.socket.send('ping');
    expect((await flood.closed).code).toBe(1008);
    quiet.socket.send('{"type":"subscribe","topics":["access"]}');
    quiet.socket.send('not JSON');
    quiet.messages.length = 0;
    await quiet.first(ofType('heartbeat'));
    quiet.socket.close();
  });

  it('lets this machine in without a token where a setting says so, at what the documents show open', async () => {
    const open = await openLiveStand(database, { documentedLoopback: true, limits: { proveMs: 200 } });
    const id = await syncRun();
    const shown = pushSocket(open.url, `/ws/progress/${id}`);
    await shown.first(ofType('connected'));
    shown.socket.close();
    const closed = pushSocket(open.url, TASK);
    expect((await closed.closed).code).toBe(1008);
    await open.close();
  });
});
