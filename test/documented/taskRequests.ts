import { expect } from 'vitest';
import { z } from 'zod';
import { SPAN as DAYS } from '../support/smallMarket.ts';
import type { DocumentedStand } from './documentedStand.ts';

// Requests of the tasks of document 001, and the shapes of their answers.

export const BASE = '/api/data-collection';
export const SPAN = { start_date: DAYS.from as string, end_date: DAYS.to as string };
export const BUSY = '已有采集任务正在运行，请等待完成后再启动新任务';
export const BAD_DATE = '日期格式错误，请使用 YYYY-MM-DD 格式';
export const UNKNOWN_ID = 'historical_collection_20240101_000000_999999';

export const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_\\d{8}_\\d{6}_\\d+$`));
export const naive = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}$/);
export const count = z.int().min(0);

export const started = (prefix: string, message: string) =>
  z.strictObject({
    task_id: id(prefix),
    status: z.literal('started'),
    message: z.literal(message),
    start_date: z.string(),
    end_date: z.string(),
    stock_codes: z.array(z.string()).nullable(),
    test_mode: z.boolean(),
    full_collection_mode: z.boolean(),
    market: z.literal('CN'),
  });
export const HISTORICAL = started('historical_collection', '历史数据采集任务已启动');
export const REALTIME = z.strictObject({
  task_id: id('realtime_collection_CN'),
  status: z.literal('started'),
  message: z.literal('实时数据采集任务已启动'),
  market: z.literal('CN'),
  stock_code: z.string().nullable(),
  full_collection_mode: z.boolean(),
});
export const TASK = z.strictObject({
  task_id: z.string(),
  status: z.enum(['running', 'completed', 'partial_success', 'failed', 'cancelled']),
  progress: z.int().min(0).max(100),
  total_stocks: count,
  processed_stocks: count,
  success_count: count,
  failed_count: count,
  collected_count: count,
  skipped_count: count,
  start_time: naive,
  end_time: naive.nullable(),
  error_message: z.string().nullable(),
  warning_message: z.string().nullable(),
  failed_details: z.array(z.string()),
});
export const FAULTS = z.looseObject({
  detail: z.array(
    z.strictObject({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string(), type: z.string() }),
  ),
});

export const post = (path: string, body: object) => ({
  method: 'POST' as const,
  url: `${BASE}/${path}`,
  payload: body,
});
export const get = (path: string) => ({ method: 'GET' as const, url: `${BASE}/${path}` });
export const cancel = (task: string) => ({ method: 'DELETE' as const, url: `${BASE}/tasks/${task}` });
export const historical = (body: object = {}) => post('historical', { ...SPAN, ...body });

/** Starts a task and gives its id. */
export async function start(at: DocumentedStand, body: object = {}): Promise<string> {
  const answer = await at.askAs('admin', historical(body));
  expect([answer.statusCode, answer.body]).toEqual([200, answer.body]);
  return answer.json<{ task_id: string }>().task_id;
}

export async function ended(at: DocumentedStand, body: object = {}): Promise<string> {
  const task = await start(at, body);
  await at.work();
  return task;
}

export async function cancelled(at: DocumentedStand): Promise<string> {
  const task = await start(at);
  await at.askAs('admin', cancel(task));
  return task;
}

/** What the run of the newest task was asked for, as `/v1` tells it. */
export async function newestWish(at: DocumentedStand): Promise<Record<string, unknown>> {
  const answer = await at.askAs('admin', { method: 'GET', url: '/v1/runs?limit=1' });
  return answer.json<{ runs: { wish: Record<string, unknown> }[] }>().runs[0]!.wish;
}
