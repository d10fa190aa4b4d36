import type { RunState } from '@tapekeeper/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { executionId } from '../../packages/server/src/http/documented/tradingAgents/executionId.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import type { Asked } from '../http/httpStand.ts';
import { syncJob } from '../support/jobDefinition.ts';
import { conforms, type Row } from './conformance.ts';
import { useDocumentedStand, type DocumentedStand } from './documentedStand.ts';
import { EXECUTION_STATS, EXECUTIONS } from './schedulerShapes.ts';

// Contract section F, lists of runs: every line of it with good, bad and boundary input.

const stand = useDocumentedStand('scheduler_executions');

const API = '/api/scheduler';

const post = (url: string, payload?: object): Asked => ({
  method: 'POST',
  url,
  ...(payload && { payload }),
});

/** The newest run, under the id that it has here. */
async function newest({ deps }: DocumentedStand): Promise<string> {
  const [run] = await deps.store.runs({ states: null, dataset: null, before: null, limit: 1 });
  if (run === undefined) throw new Error('there is no run');
  return executionId(run);
}

describe('F executions', () => {
  const FIRED: readonly RunState[] = [
    'success',
    'success_with_errors',
    'failed',
    'missed',
    'skipped',
    'running',
  ];
  beforeAll(async () => {
    const { db, deps } = stand();
    const job = await deps.store.jobByKey('example_daily');
    for (const [at, state] of FIRED.entries()) {
      const isOver = state !== 'running';
      const began = state !== 'missed' && state !== 'skipped';
      await db.rows(sql`
        WITH due AS (
          INSERT INTO tapekeeper.fire (job_id, scheduled_for, until, decision, reason)
          SELECT ${job?.id ?? 0}, at, at, ${began ? 'ran' : state}, ${began ? 'on_time' : 'too_late'}
          FROM (SELECT timestamptz '2026-03-02 10:00:00+00' + ${at}::int * interval '1 day' AS at) AS moment RETURNING id, scheduled_for)
        INSERT INTO tapekeeper.run (type, wish, cause, state, reason, job_id, fire_id, created_at, started_at, finished_at, retry_waited_ms)
        SELECT 'example', '{}', 'fire', ${state}, ${began ? null : 'too_late'}, ${job?.id ?? 0}, id, scheduled_for,
          CASE WHEN ${began} THEN scheduled_for + interval '10 seconds' END,
          CASE WHEN ${isOver} THEN scheduled_for + interval '25 seconds' END, CASE WHEN ${began} THEN 2500 ELSE 0 END FROM due`);
    }
  });
  const found = (count: number): Partial<Row> => ({
    shape: EXECUTIONS,
    has: { data: { total: count }, message: `获取到 ${count} 条执行记录` },
    afterwards: (answer) =>
      expect(answer.json<{ data: { items: object[] } }>().data.items).toHaveLength(count),
  });
  const of = (query: string): Asked => ({ url: `${API}/executions?job_id=example_daily${query}` });
  conforms(stand, [
    { what: 'all of a job', as: 'viewer', ask: of(''), status: 200, ...found(6) },
    { what: 'success holds those with errors too', ask: of('&status=success'), status: 200, ...found(2) },
    { what: 'failed', ask: of('&status=failed'), status: 200, ...found(1) },
    { what: 'error is failed', ask: of('&status=error'), status: 200, ...found(1) },
    { what: 'missed holds those skipped too', ask: of('&status=missed'), status: 200, ...found(2) },
    { what: 'running', ask: of('&status=running'), status: 200, ...found(1) },
    { what: 'a word of ours is known too', ask: of('&status=success_with_errors'), status: 200, ...found(1) },
    { what: 'no state is called so', ask: of("&status=' OR 1=1"), status: 200, ...found(0) },
    { what: 'an inherited name is no state', ask: of('&status=constructor'), status: 200, ...found(0) },
    { what: 'an empty filter is none', ask: of('&status='), status: 200, ...found(6) },
    { what: 'not by hand', ask: of('&is_manual=false'), status: 200, ...found(6) },
    { what: 'by hand', ask: of('&is_manual=true'), status: 200, ...found(0) },
    { what: 'not by hand and failed', ask: of('&is_manual=0&status=failed'), status: 200, ...found(1) },
    {
      what: 'a page has the total of all',
      ask: of('&limit=2&offset=1'),
      status: 200,
      shape: EXECUTIONS,
      has: { data: { total: 6, limit: 2, offset: 1, items: [{ status: 'missed' }, { status: 'missed' }] } },
    },
    {
      what: 'behind the end there is nothing',
      ask: of('&offset=1000000000'),
      status: 200,
      has: { data: { total: 6, items: [] } },
    },
    { what: 'unknown job', ask: { url: `${API}/executions?job_id=nope` }, status: 200, ...found(0) },
    {
      what: 'the path of the job',
      ask: { url: `${API}/jobs/example_daily/executions` },
      status: 200,
      ...found(6),
    },
    {
      what: 'the path of the job, filtered',
      ask: { url: `${API}/jobs/example_daily/executions?status=missed&is_manual=false` },
      status: 200,
      ...found(2),
    },
    {
      what: 'the name of the document',
      ask: { url: '/scheduler/logs?job_id=example_daily' },
      status: 200,
      ...found(6),
    },
    {
      what: 'the same below the prefix',
      ask: { url: `${API}/logs?job_id=example_daily` },
      status: 200,
      ...found(6),
    },
    { what: 'limit 200 is the most', ask: of('&limit=200'), status: 200 },
    { what: 'limit 201', ask: of('&limit=201'), status: 422 },
    { what: 'limit 0', ask: of('&limit=0'), status: 422 },
    { what: 'limit in words', ask: of('&limit=many'), status: 422 },
    { what: 'offset -1', ask: of('&offset=-1'), status: 422 },
    {
      what: 'is_manual in words',
      ask: of('&is_manual=perhaps'),
      status: 422,
      has: { detail: [{ loc: ['query', 'is_manual'], type: 'bool_parsing' }] },
    },
    { what: 'nobody', as: 'nobody', ask: of(''), status: 401, detail: 'No authorization header' },
  ]);

  it('say when and how long each was at work, without its waits', async () => {
    const answer = await stand().askAs('viewer', of('&status=success&limit=1&offset=1'));
    expect(answer.json<{ data: { items: object[] } }>().data.items[0]).toMatchObject({
      job_id: 'example_daily',
      job_name: '示例任务-每日18点执行',
      scheduled_time: '2026-03-02T18:00:00.000000',
      timestamp: '2026-03-02T18:00:10.000000',
      updated_at: '2026-03-02T18:00:25.000000',
      execution_time: 12.5,
      progress: 100,
      is_manual: false,
    });
  });

  it('say why one was missed, and have no progress then', async () => {
    const answer = await stand().askAs('viewer', of('&status=missed&limit=1'));
    const [item] = answer.json<{ data: { items: object[] } }>().data.items;
    expect(item).toMatchObject({ execution_time: null, error_message: '任务错过执行时间' });
    expect(item).not.toHaveProperty('progress');
  });

  it('stay readable when their job is deleted, by its id too', async () => {
    const { deps } = stand();
    const wish = { key: 'short_lived', definition: syncJob(), state: 'disabled', author: 'tests' } as const;
    const { id } = await deps.store.createJob(wish, () => null);
    await stand().askAs('operator', post(`${API}/jobs/short_lived/trigger`));
    const run = await newest(stand());
    await stand().askAs('operator', post(`${API}/executions/${run}/cancel`));
    await deps.store.deleteJob(id, 'tests');
    const answer = await stand().askAs('viewer', { url: `${API}/executions?job_id=short_lived` });
    expect(answer.json()).toMatchObject({ data: { total: 1, items: [{ _id: run, job_id: 'short_lived' }] } });
  });
});

describe('F GET /jobs/{id}/execution-stats', () => {
  const of = (id: string): Asked => ({ url: `${API}/jobs/${id}/execution-stats` });
  const sums = { total: 6, success: 2, failed: 1, missed: 2, running: 1, avg_execution_time: 12.5 };
  const last = { status: 'running', timestamp: '2026-03-07T18:00:10.000000', execution_time: null };
  conforms(stand, [
    {
      what: 'before the runs are added up',
      as: 'viewer',
      ask: of('example_daily'),
      status: 200,
      shape: EXECUTION_STATS,
      has: { data: { ...sums, last_execution: last }, message: '获取统计信息成功' },
    },
    {
      what: 'the same when they are in the sums',
      ask: async ({ deps }) => {
        while ((await deps.store.foldEndedRuns(1000, (text) => text)) > 0);
        return of('example_daily');
      },
      status: 200,
      shape: EXECUTION_STATS,
      has: { data: { ...sums, last_execution: last } },
    },
    {
      what: 'nothing of a job that has not run',
      ask: of('example_quick'),
      status: 200,
      shape: EXECUTION_STATS,
      has: { data: { total: 0, avg_execution_time: 0 } },
      afterwards: (answer) =>
        expect(answer.json<{ data: object }>().data).not.toHaveProperty('last_execution'),
    },
    {
      what: 'nothing of no job',
      ask: of('nope'),
      status: 200,
      shape: EXECUTION_STATS,
      has: { data: { total: 0 } },
    },
  ]);
});
