import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestSync } from '../../packages/server/src/app/requestSync.ts';
import { openLiveStand, TOKEN, type LiveStand } from '../live/liveStand.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { honestSources } from '../support/handSource.ts';
import { syncJob } from '../support/jobDefinition.ts';
import { SPAN } from '../support/smallMarket.ts';
import { until } from '../support/until.ts';
import { addJob, nodeOf, startJob, workflowJob, workflowOf } from '../workflow/jobs.ts';
import { ofType, pushSocket } from './pushSocket.ts';

let database: TestDatabase;
let stand: LiveStand;

beforeAll(async () => {
  database = await createDatabase('pushstream');
  stand = await openLiveStand(database, { sources: Object.values(honestSources()) });
});
afterAll(async () => {
  await stand.close();
  await database.drop();
});

interface Sent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Opens a stream; `read` takes events until one of a name has come or the server has ended it. */
async function opened(path: string) {
  const stopping = new AbortController();
  const answer = await fetch(`${stand.url}${path}`, {
    headers: { authorization: `Bearer ${TOKEN}` },
    signal: stopping.signal,
  });
  const sent: Sent[] = [];
  const decoder = new TextDecoder();
  const body = (answer.body as unknown as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  let text = '';
  return {
    answer,
    sent,
    async read(last: string | null): Promise<readonly Sent[]> {
      while (last === null || !sent.some(({ event }) => event === last)) {
        const { value, done } = await body.next();
        if (done === true) break;
        text += decoder.decode(value, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
          sent.push({ event, data: JSON.parse(data) as Sent['data'] });
        }
      }
      return sent;
    },
    close: () => stopping.abort(),
  };
}

describe('G, the stream of a task', () => {
  it('says that it is connected, how far the task is, and ends with it', async () => {
    const id = await requestSync(stand.deps, { dataset: 'daily_bars', ...SPAN });
    const stream = await opened(`/api/stream/tasks/${id}`);
    expect(stream.answer.status).toBe(200);
    expect(stream.answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.answer.headers.get('cache-control')).toBe('no-cache');
    expect(stream.answer.headers.get('x-accel-buffering')).toBe('no');
    const [connected] = await stream.read('progress');
    expect(connected).toEqual({
      event: 'connected',
      data: { task_id: String(id), timestamp: expect.any(String), message: '已连接进度流' },
    });
    await stand.work();
    await stand.tell();
    const sent = await stream.read(null);
    expect(sent.at(-2)).toMatchObject({ event: 'progress', data: { status: 'completed', progress: 100 } });
    expect(sent.at(-1)).toEqual({
      event: 'finished',
      data: { task_id: String(id), final_status: 'completed' },
    });
  });

  it('is at its end at once where the task is over', async () => {
    const { id } = await stand.sync({ dataset: 'daily_bars', ...SPAN });
    const stream = await opened(`/api/stream/tasks/${id}`);
    expect((await stream.read(null)).map(({ event }) => event)).toEqual([
      'connected',
      'progress',
      'finished',
    ]);
  });

  it('leaves nothing behind when the client has gone', async () => {
    const id = await requestSync(stand.deps, { dataset: 'daily_bars', ...SPAN, force: true });
    const stream = await opened(`/api/stream/tasks/${id}`);
    await stream.read('progress');
    expect(stand.live.gateway.figures().connections).toBe(1);
    stream.close();
    await until(async () => stand.live.gateway.figures().connections === 0);
    await stand.work();
  });
});

describe('G, the stream of a batch', () => {
  it('counts the tasks of a workflow until all are done', async () => {
    const { store } = stand.deps;
    const sync = await addJob(store, 'batched_sync', syncJob());
    const nodes = [nodeOf('first', sync), nodeOf('second', sync, ['first'])];
    const job = await addJob(store, 'batched', workflowJob(workflowOf(nodes)));
    const id = await startJob(store, job);
    const stream = await opened(`/api/stream/batches/${id}`);
    const [connected, queued] = await stream.read('progress');
    expect(connected).toEqual({
      event: 'connected',
      data: { batch_id: String(id), message: '已连接批次进度流' },
    });
    expect(queued?.data).toEqual({
      batch_id: String(id),
      status: 'queued',
      message: '批次排队中: 2 任务待处理',
      progress: 0,
      total_tasks: 2,
      completed: 0,
      failed: 0,
      processing: 0,
      timestamp: expect.any(String),
    });
    await stand.work();
    await stand.tell();
    const sent = await stream.read(null);
    expect(sent.at(-2)?.data).toMatchObject({
      status: 'completed',
      message: '批次完成: 2/2 成功',
      progress: 100,
    });
    expect(sent.at(-1)).toEqual({
      event: 'finished',
      data: { batch_id: String(id), final_status: 'completed' },
    });
  });

  it('is none of a run that is no workflow', async () => {
    const { id } = await stand.sync({ dataset: 'daily_bars', ...SPAN });
    const stream = await opened(`/api/stream/batches/${id}`);
    expect(stream.answer.status).toBe(404);
    stream.close();
  });
});

it('G, statistics of connections name for operators whose they are', async () => {
  const socket = pushSocket(stand.url, `/api/ws/notifications?token=${TOKEN}`);
  await socket.first(ofType('connected'));
  const answer = await fetch(`${stand.url}/api/ws/stats`, { headers: { authorization: `Bearer ${TOKEN}` } });
  expect(await answer.json()).toEqual({ total_users: 1, total_connections: 1, users: { installation: 1 } });
  socket.socket.close();
});
