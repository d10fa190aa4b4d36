import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openWorld, sampleFolder, startReplay, type Replay } from '@tapekeeper/replay';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import { dataDirs } from '../cli/dataDirs.ts';
import { announced, begin, type Begun } from '../cli/program.ts';
import { ofType, pushSocket, type PushMessage } from './pushSocket.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Slow enough for a collection to be watched. */
const LATENCY_MS = 15;
/** So many of the sample are asked for. */
const STOCKS = 48;

const dirs = dataDirs();
let replay: Replay;
let server: Begun;
let url: string;
let token: string;
let codes: readonly string[];

beforeAll(async () => {
  const world = await openWorld(sampleFolder());
  codes = world.symbols.slice(0, STOCKS).map((symbol) => symbol.slice(0, 6));
  replay = await startReplay({ world, latencyMs: LATENCY_MS });
  const dataDir = await dirs.prepared();
  server = begin(['start', '--port', '0', '--json', '--log-level', 'error'], {
    TAPEKEEPER_MODE: 'replay',
    TAPEKEEPER_DATA_DIR: dataDir,
    TAPEKEEPER_TUSHARE_URL: replay.tushareUrl,
    TAPEKEEPER_BAOSTOCK_URL: replay.baostockUrl,
    TAPEKEEPER_AKSHARE_URL: replay.akshareUrl,
    TAPEKEEPER_MARKET_DAY: world.lastDay,
  });
  ({ url } = await announced<{ url: string }>(server));
  token = (await readFile(join(dataDir, 'api-token'), 'utf8')).trim();
});
afterAll(async () => {
  server.signal('SIGTERM');
  await server.ended;
  await replay.stop();
  await dirs.remove();
});

type Body = Readonly<Record<string, unknown>>;

async function ask<Answer = Body>(
  path: string,
  method: 'GET' | 'POST' = 'GET',
  body?: object,
): Promise<Answer> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answered = (await answer.json()) as Answer;
  expect([path, answer.status, answered]).toEqual([path, 200, answered]);
  return answered;
}

/**
 * The client of the documents: it asks every so often, so many times at most, until it is told of an end. They ask
 * every five seconds, sixty times.
 */
async function poll(
  look: () => Promise<Body>,
  isOver: (answer: Body) => boolean,
  { everyMs, most } = { everyMs: 100, most: 400 },
): Promise<readonly Body[]> {
  const answers: Body[] = [];
  while (answers.length < most) {
    const answer = await look();
    answers.push(answer);
    if (isOver(answer)) return answers;
    await systemClock.sleep(everyMs);
  }
  throw new Error(`no end after ${most} looks: ${JSON.stringify(answers.at(-1))}`);
}

/** Values on the way from the beginning to the end. */
const between = (values: readonly number[]): ReadonlySet<number> =>
  new Set(values.filter((value) => value > 0 && value < 100));

/** Fails unless progress was seen on its way, never went back, and came to its end. */
function expectMoved(values: readonly number[]): void {
  expect([values, between(values).size >= 3]).toEqual([values, true]);
  expect(values).toEqual(values.toSorted((a, b) => a - b));
  expect(values.at(-1)).toBe(100);
}

const follow = (path: string) => pushSocket(url, `${path}?token=${token}`);
const isEnd = ({ type }: PushMessage): boolean => type === 'completed' || type === 'error';
const progressOf = (messages: readonly Body[], key = 'progress'): readonly number[] =>
  messages.flatMap((one) => (typeof one[key] === 'number' ? [one[key]] : []));

describe('a collection begun as document 001 has it', () => {
  it('is seen by a client that polls and by one that listens, from the first step to the end', async () => {
    const started = await ask('/api/data-collection/historical', 'POST', {
      start_date: '2023-01-03',
      end_date: '2024-12-31',
      stock_codes: codes,
    });
    const taskId = String(started['task_id']);
    const sockets = [follow(`/ws/progress/${taskId}`), follow(`/api/ws/task/${taskId}`)] as const;
    const polls = await poll(
      () => ask(`/api/data-collection/status/${taskId}`),
      ({ status }) => status !== 'running',
    );
    expect(polls.at(-1)).toMatchObject({ status: 'completed', progress: 100, failed_count: 0 });
    expectMoved(progressOf(polls));
    const { total_stocks: total, processed_stocks: processed, success_count: good } = polls.at(-1) as Body;
    expect([total, processed, good]).toEqual([STOCKS, STOCKS, STOCKS]);

    await sockets[0].first(isEnd);
    expect(sockets[0].messages[0]).toMatchObject({ type: 'connected', data: { task_id: taskId } });
    expectMoved(progressOf(sockets[0].messages.map(({ data }) => data)));
    expect(sockets[0].messages.findLast(isEnd)).toMatchObject({
      type: 'completed',
      data: { task_id: taskId, status: 'completed', progress: 100 },
    });
    await sockets[1].first((one) => one['status'] === 'completed');
    expectMoved(progressOf(sockets[1].messages));
    for (const { socket } of sockets) socket.close();
  });
});

interface Execution extends Body {
  readonly _id: string;
  readonly status: string;
  readonly progress?: number;
}

describe('a job triggered as document 003 has it', () => {
  const JOB = 'sync_daily_basic_data';
  const newest = async (): Promise<Execution | undefined> => {
    const { data } = await ask<{ data: { items: Execution[] } }>(`/scheduler/logs?job_id=${JOB}&limit=1`);
    return data.items[0];
  };

  it('is followed by its name before it runs, through its log, and told of when it is over', async () => {
    const [socket, bell] = [follow(`/ws/progress/${JOB}`), follow('/api/ws/notifications')];
    await Promise.all([socket.first(ofType('connected')), bell.first(ofType('connected'))]);
    const triggered = await ask('/scheduler/trigger', 'POST', { job_id: JOB });
    expect(triggered).toMatchObject({ success: true, data: null, message: `任务 ${JOB} 已触发执行` });

    const polls = await poll(
      async () => (await newest()) ?? {},
      ({ status }) => status !== undefined && status !== 'running',
    );
    const last = polls.at(-1) as Execution;
    expect(last).toMatchObject({ job_id: JOB, status: 'success', is_manual: true });
    expect(between(progressOf(polls)).size).toBeGreaterThanOrEqual(1);

    const end = await socket.first(isEnd);
    expect(end).toMatchObject({ type: 'completed', data: { job_id: JOB, execution_id: last._id } });
    const news = socket.messages.filter(({ type }) => type === 'progress' || type === 'completed');
    expectMoved(progressOf(news.map(({ data }) => data)));
    const shown = news
      .flatMap(({ data }) => data['steps'] as { status: string }[])
      .map(({ status }) => status);
    expect(new Set(shown)).toEqual(new Set(['pending', 'current', 'completed']));

    const notified = await bell.first(({ data }) => data['title'] === `${JOB}：执行成功`);
    expect(notified).toMatchObject({
      type: 'notification',
      data: { source: 'scheduler', content: '任务完成' },
    });
    expect(bell.messages.some(({ type, data }) => type === 'progress' && data['task_id'] === last._id)).toBe(
      true,
    );
    for (const one of [socket, bell]) one.socket.close();
  });
});

describe('a sync of the stock list as document 002 has it', () => {
  it('is seen running and then at its end by the client that polls', async () => {
    const started = await ask<{ data: Body }>('/api/sync/stock_basics/run?force=true', 'POST');
    expect(['running', 'success']).toContain(started.data['status']);
    const polls = await poll(
      async () => (await ask<{ data: Body }>('/api/sync/stock_basics/status')).data,
      ({ status }) => status !== 'running',
      { everyMs: 50, most: 200 },
    );
    expect(polls.at(-1)).toMatchObject({ status: 'success', errors: 0 });
  });
});
