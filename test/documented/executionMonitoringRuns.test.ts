import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sql } from '../../packages/server/src/store/connection.ts';
import { SYMBOLS } from '../support/smallMarket.ts';
import { conforms } from './conformance.ts';
import { useDocumentedStand } from './documentedStand.ts';
import { EXAMPLE, get, post, zquantClient, type Execution } from './zquantClient.ts';
import { ERROR, EXECUTION, EXECUTIONS, FAULTS, STATS } from './zquantShapes.ts';

// Executions of document 004 with what came of them, and their figures: section I of the contract.

const stand = useDocumentedStand('zquant_runs');
const { ask, v1, ranTask, executionsOf, waiting, inState } = zquantClient(stand);

let task: number;
let failing: number;
beforeAll(async () => {
  task = await ranTask(EXAMPLE, 3);
  failing = await ranTask({ ...EXAMPLE, success_rate: 0 }, 1, { max_retries: 2, retry_interval: 0 });
});

/** Wednesday, 31 January 2024. */
const DAY = { start_date: '20240131', end_date: '20240131' };

describe('I executions', () => {
  conforms(stand, [
    {
      what: 'of a task, newest first, with the true total',
      as: 'viewer',
      ask: () => get(`/tasks/${task}/executions?skip=1&limit=1`),
      status: 200,
      shape: EXECUTIONS,
      has: {
        total: 3,
        executions: [{ task_id: expect.any(Number), status: 'success', progress_percent: 100 }],
      },
    },
    {
      what: 'of a task, RPC',
      ask: () => post('/tasks/executions/list', { task_id: task, skip: 0, limit: 2 }),
      status: 200,
      shape: EXECUTIONS,
      has: { total: 3 },
      afterwards: (answer) => {
        const [first, second] = answer.json<{ executions: Execution[] }>().executions;
        expect(first?.id).toBeGreaterThan(second?.id ?? Number.POSITIVE_INFINITY);
      },
    },
    ...['success', 'completed'].map((word) => ({
      what: `by the word ${word}`,
      ask: () => get(`/tasks/${task}/executions?status=${word}`),
      status: 200,
      has: { total: 3 },
    })),
    ...['failed', 'fail', 'error', 'terminated', 'running', 'pending', 'paused'].map((word) => ({
      what: `by the word ${word}, of which there are none`,
      ask: () => get(`/tasks/${task}/executions?status=${word}`),
      status: 200,
      has: { total: 0, executions: [] },
    })),
    {
      what: 'made within some days',
      ask: () => get(`/tasks/${task}/executions?start_time=2020-01-01&end_time=2999-12-31T00:00:00`),
      status: 200,
      has: { total: 3 },
    },
    {
      what: 'made before all of them, RPC',
      ask: () => post('/tasks/executions/list', { task_id: task, end_date: '2020-01-01' }),
      status: 200,
      has: { total: 0 },
    },
    {
      what: 'behind the last',
      ask: () => get(`/tasks/${task}/executions?skip=3`),
      status: 200,
      has: { total: 3, executions: [] },
    },
    {
      what: 'by a word that is none',
      ask: () => get(`/tasks/${task}/executions?status=done`),
      status: 422,
      shape: FAULTS,
    },
    {
      what: 'by a time that is none',
      ask: () => get(`/tasks/${task}/executions?start_time=noon`),
      status: 422,
      detail: 'start_time 不是有效的时间',
    },
    {
      what: 'with a limit of 0',
      ask: () => get(`/tasks/${task}/executions?limit=0`),
      status: 422,
      shape: FAULTS,
    },
    {
      what: 'with a limit of 1001',
      ask: () => post('/tasks/executions/list', { task_id: task, limit: 1001 }),
      status: 422,
      shape: FAULTS,
    },
    {
      what: 'of an unknown task',
      ask: get('/tasks/999999/executions'),
      status: 404,
      detail: '任务 999999 不存在',
    },
    {
      what: 'one of them',
      ask: async () => get(`/tasks/${task}/executions/${(await executionsOf(task)).executions[0]?.id}`),
      status: 200,
      shape: EXECUTION,
    },
    {
      what: 'one of them, RPC',
      ask: async () =>
        post('/tasks/executions/get', {
          task_id: task,
          execution_id: (await executionsOf(task)).executions[0]?.id,
        }),
      status: 200,
      shape: EXECUTION,
    },
    {
      what: 'an unknown one',
      ask: () => get(`/tasks/${task}/executions/999999`),
      status: 404,
      shape: ERROR,
      detail: '执行记录 999999 不存在',
    },
    {
      what: 'one of another task',
      ask: async () => get(`/tasks/1/executions/${(await executionsOf(task)).executions[0]?.id}`),
      status: 404,
      afterwards: (answer) => expect(answer.json().detail).toMatch(/^执行记录 \d+ 不存在$/),
    },
    { what: 'a word', ask: () => get(`/tasks/${task}/executions/last`), status: 422, shape: FAULTS },
  ]);

  it('has what came of it in the keys of the document', async () => {
    const [newest] = (await executionsOf(task)).executions;
    const { result } = (await ask(get(`/tasks/${task}/executions/${newest?.id}`))).json<Execution>();
    expect(result).toMatchObject({
      success: true,
      exit_code: 0,
      command: expect.stringMatching(/^tapekeeper jobs trigger \S+$/),
      duration_seconds: expect.any(Number),
      total_steps: 4,
      current_step: 4,
      progress_percent: 100,
      success_count: 4,
      failed_count: 0,
      error_summary: null,
    });
    expect(result['steps']).toMatchObject(
      [1, 2, 3, 4].map(() => ({ status: 'done', progress_percent: 100 })),
    );
  });

  it('is tried again as often as the task says, and says why it failed', async () => {
    const { executions, total } = await executionsOf(failing, '?status=failed');
    expect(total).toBe(1);
    expect(executions).toMatchObject([
      {
        status: 'failed',
        retry_count: 2,
        error_message: expect.stringMatching(/\S/),
        result: { success: false, exit_code: 1 },
      },
    ]);
    expect(String(executions[0]?.result['error_summary']).length).toBeLessThanOrEqual(503);
  });

  it('counts symbols and rows of what was collected', async () => {
    const id = await ranTask({
      task_action: 'sync_daily_data',
      ...DAY,
      codes: SYMBOLS.slice(0, 2).join(','),
    });
    const [run] = (await executionsOf(id)).executions;
    expect(run).toMatchObject({
      status: 'success',
      total_items: 2,
      processed_items: 2,
      current_item: null,
      result: {
        command: expect.stringMatching(
          /^tapekeeper sync daily_bars --from 2024-01-31 --to 2024-01-31 --symbols /,
        ),
        total_count: 2,
        success_count: 2,
        insert_count: expect.any(Number),
      },
    });
  });

  it('says what is at hand and how it was told to stop', async () => {
    const { task: of, id } = await waiting();
    const paused = await inState('paused');
    expect((await executionsOf(of)).executions).toMatchObject([
      {
        id,
        status: 'pending',
        is_paused: false,
        end_time: null,
        duration_seconds: null,
        result: { success: null },
      },
    ]);
    const run = await stand().run(paused);
    expect((await executionsOf(run.jobId ?? 0)).executions).toMatchObject([
      { status: 'paused', is_paused: true },
    ]);
    expect((await ask(get(`/tasks/${run.jobId}`))).json()).toMatchObject({
      latest_execution_status: 'paused',
      schedule_status: 'paused',
    });
  });

  it('what was skipped or missed is no execution', async () => {
    const id = await inState('skipped');
    const { jobId } = await stand().run(id);
    expect(await executionsOf(jobId ?? 0)).toEqual({ executions: [], total: 0 });
    expect((await ask(get(`/tasks/${jobId}/executions/${id}`))).statusCode).toBe(404);
    expect((await ask(get(`/tasks/${jobId}`))).json()).toMatchObject({ latest_execution_status: null });
  });
});

describe('I stopping executions', () => {
  conforms(stand, [
    {
      what: 'pausing one that runs',
      ask: async () => post('/executions/pause', { execution_id: await inState('running') }),
      status: 200,
      shape: EXECUTION,
      has: { is_paused: true },
    },
    {
      what: 'pausing one that waits is refused',
      ask: async () => post('/executions/pause', { execution_id: (await waiting()).id }),
      status: 400,
      shape: ERROR,
      afterwards: (answer) =>
        expect(answer.json().detail).toMatch(/^执行记录 \d+ 的状态为 pending，无法暂停$/),
    },
    {
      what: 'resuming one that is paused',
      ask: async () => post('/executions/resume', { execution_id: await inState('paused') }),
      status: 200,
      has: { is_paused: false },
    },
    {
      what: 'resuming one that went well is refused',
      ask: async () =>
        post('/executions/resume', { execution_id: (await executionsOf(task)).executions[0]?.id }),
      status: 400,
      afterwards: (answer) =>
        expect(answer.json().detail).toMatch(/^执行记录 \d+ 的状态为 success，无法恢复$/),
    },
    {
      what: 'resuming one that failed is another execution',
      ask: async () =>
        post('/executions/resume', {
          execution_id: (await executionsOf(failing, '?status=failed')).executions[0]?.id,
        }),
      status: 200,
      shape: EXECUTION,
      has: { status: 'pending', result: { resume_from_execution_id: expect.any(Number) } },
    },
    {
      what: 'ending one that waits',
      ask: async () => post('/executions/terminate', { execution_id: (await waiting()).id }),
      status: 200,
      shape: EXECUTION,
      has: {
        status: 'terminated',
        terminate_requested: true,
        error_message: '用户请求终止任务',
        updated_by: 'ann',
      },
    },
    {
      what: 'ending one that is over is refused',
      ask: async () =>
        post('/executions/terminate', { execution_id: (await executionsOf(task)).executions[0]?.id }),
      status: 400,
      afterwards: (answer) =>
        expect(answer.json().detail).toMatch(/^执行记录 \d+ 的状态为 success，无法终止$/),
    },
    ...['pause', 'resume', 'terminate'].flatMap((what) => [
      {
        what: `${what} of an unknown one`,
        ask: post(`/executions/${what}`, { execution_id: 999999 }),
        status: 404,
        detail: '执行记录 999999 不存在',
      },
      { what: `${what} of nothing`, ask: post(`/executions/${what}`, {}), status: 422, shape: FAULTS },
      {
        what: `${what} by an operator`,
        as: 'operator' as const,
        ask: post(`/executions/${what}`, { execution_id: 1 }),
        status: 403,
        detail: '需要管理员权限',
      },
    ]),
  ]);

  it('asked for a second time, ends at once what still winds up', async () => {
    const { task: of, id } = await waiting();
    await stand().db.rows(sql`
      UPDATE tapekeeper.run SET state = 'running', started_at = tapekeeper.now() WHERE id = ${id}`);
    await stand().db.rows(sql`
      UPDATE tapekeeper.shard SET worker_id = ${stand().workerId}, fence = fence + 1 WHERE run_id = ${id}`);
    const end = async () => (await ask(post('/executions/terminate', { execution_id: id }))).json();
    expect(await end()).toMatchObject({ status: 'running', terminate_requested: true });
    expect(await end()).toMatchObject({ status: 'terminated' });
    expect((await v1(`/v1/runs/${id}`)).json()).toMatchObject({ state: 'cancelled', stop: { by: 'ann' } });
    // one that was ended is not tried again
    await stand().work();
    expect((await executionsOf(of)).total).toBe(1);
  });
});

describe('I figures', () => {
  beforeAll(async () => {
    while ((await stand().deps.store.foldEndedRuns(1000, (text) => text)) > 0);
  });

  conforms(stand, [
    { what: 'of all', as: 'viewer', ask: get('/stats'), status: 200, shape: STATS },
    {
      what: 'of a task',
      ask: () => get(`/stats?task_id=${task}`),
      status: 200,
      shape: STATS,
      has: { total_executions: 3, success_count: 3, failed_count: 0, running_count: 0, success_rate: 1 },
    },
    {
      what: 'of a task that fails, RPC',
      ask: () => post('/stats', { task_id: failing }),
      status: 200,
      has: { success_count: 0, failed_count: expect.any(Number), success_rate: 0 },
    },
    { what: 'of all, RPC, with no body', ask: post('/stats'), status: 200, shape: STATS },
    {
      what: 'of nothing that ran',
      ask: get('/stats?task_id=1'),
      status: 200,
      has: { total_executions: 0, success_rate: 0, avg_duration_seconds: 0, latest_execution_time: null },
    },
    {
      what: 'of an unknown task',
      ask: get('/stats?task_id=999999'),
      status: 404,
      detail: '任务 999999 不存在',
    },
    { what: 'of a word', ask: get('/stats?task_id=all'), status: 422, shape: FAULTS },
    {
      what: 'of the pools and of how often',
      ask: get('/stats'),
      status: 200,
      shape: z.looseObject({
        executions_per_hour: z.number().positive(),
        thread_pool: z.strictObject({ size: z.int(), active: z.int(), waiting: z.int() }),
        database_pool: z.strictObject({ size: z.int().positive(), checked_out: z.int(), waiting: z.int() }),
      }),
    },
  ]);
});
