import { expect } from 'vitest';
import type { Database } from '../../packages/server/src/store/connection.ts';
import { createHttpStand, type HttpStand, type HttpStandOptions } from '../http/httpStand.ts';
import { SPAN } from '../support/smallMarket.ts';

// What the clients of document 001 do, over an interface whose queue the test works off.

export const BASE = '/api/data-collection';
export const DAYS_OF_TASK = { start_date: SPAN.from, end_date: SPAN.to };
export const BUSY = '已有采集任务正在运行，请等待完成后再启动新任务';

export interface Task {
  readonly task_id: string;
  readonly status: string;
  readonly progress: number;
  readonly total_stocks: number;
  readonly processed_stocks: number;
  readonly success_count: number;
  readonly failed_count: number;
  readonly collected_count: number;
  readonly skipped_count: number;
  readonly warning_message: string | null;
  readonly error_message: string | null;
  readonly failed_details: readonly string[];
}

/** The interface over a database. */
export const openTasks = (db: Database, options: HttpStandOptions = {}): Promise<HttpStand> =>
  // every item is committed by itself, so that progress is seen
  createHttpStand(db, { settings: { commitRows: 1 }, ...options });

/** What every task needs first; where it is there, a task asks for nothing but bars. */
export async function syncLists(stand: HttpStand): Promise<void> {
  for (const dataset of ['trade_calendar', 'stock_basics']) await stand.sync({ dataset });
}

export async function start(stand: HttpStand, body: object = {}, path = 'historical'): Promise<string> {
  const answer = await stand.post(`${BASE}/${path}`, { ...DAYS_OF_TASK, ...body });
  expect([answer.statusCode, answer.body]).toEqual([200, answer.body]);
  return answer.json<{ task_id: string }>().task_id;
}

export async function read<T>(stand: HttpStand, path: string): Promise<T> {
  const answer = await stand.get(`${BASE}/${path}`);
  expect([answer.statusCode, answer.body]).toEqual([200, answer.body]);
  return answer.json<T>();
}

export const status = (stand: HttpStand, task: string): Promise<Task> => read<Task>(stand, `status/${task}`);
export const cancel = (stand: HttpStand, task: string) =>
  stand.ask({ method: 'DELETE', url: `${BASE}/tasks/${task}` });
export const runOf = (task: string): number => Number(task.split('_').at(-1));
