import { RUN_MACHINE, type RunState } from '@tapekeeper/core';
import type { z } from 'zod';
import type { Execution } from '../../../../app/runs/listExecutions.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { naiveShanghai } from '../../times.ts';
import { executionId } from '../executionId.ts';
import { taskNews } from '../push/taskNews.ts';
import type { executionListSchema } from './schemas.ts';
import { tracebackOf } from './traceback.ts';

export type ExecutionText = z.output<typeof executionListSchema>['data']['items'][number];
export type StatusWord = ExecutionText['status'];

const STATUS: Readonly<Record<RunState, StatusWord>> = {
  pending: 'running',
  running: 'running',
  paused: 'running',
  success: 'success',
  success_with_errors: 'success',
  failed: 'failed',
  cancelled: 'failed',
  missed: 'missed',
  skipped: 'missed',
};

const ALSO_CALLED: Readonly<Record<string, StatusWord>> = {
  fail: 'failed',
  error: 'failed',
  completed: 'success',
};

/** The states that a word of a filter means; none for a word that nothing is called. */
export function statesOf(word: string): readonly RunState[] {
  const states = Object.keys(STATUS) as RunState[];
  const meant = Object.hasOwn(ALSO_CALLED, word) ? ALSO_CALLED[word] : word;
  const known = states.filter((state) => STATUS[state] === meant);
  return known.length > 0 ? known : states.filter((state) => state === word);
}

export function statusOf({ state }: Pick<RunView, 'state'>): StatusWord {
  return STATUS[state];
}

/** When it began to work; until then, when it was made. */
export function timestampOf({ startedAt, createdAt }: Pick<RunView, 'startedAt' | 'createdAt'>): string {
  return naiveShanghai(startedAt ?? createdAt);
}

/** Seconds at work, without the waits before it and between its attempts; null before the end. */
export function executionTimeOf(run: RunView): number | null {
  const { startedAt, finishedAt, retryWaitedMs } = run;
  if (startedAt === null || finishedAt === null) return null;
  return Math.max(0, finishedAt - startedAt - retryWaitedMs) / 1000;
}

/** A run as a record of theirs. What it says of errors goes through `mask`. */
export function presentExecution(
  { run, jobName, trace }: Execution,
  mask: (text: string) => string,
): ExecutionText {
  const { type, dataset, jobKey, state, stop } = run;
  const error = errorOf(run);
  return {
    _id: executionId(run),
    // a run without a job goes by its type
    job_id: jobKey ?? type,
    job_name: jobName ?? [type, dataset].filter((part) => part !== null).join(' '),
    status: STATUS[state],
    scheduled_time: naiveShanghai(run.scheduledFor ?? run.createdAt),
    execution_time: executionTimeOf(run),
    timestamp: timestampOf(run),
    is_manual: run.cause === 'person',
    ...(error === undefined ? {} : { error_message: mask(error) }),
    ...(trace === undefined ? {} : { traceback: mask(tracebackOf(run, trace)) }),
    ...(state === 'missed' || state === 'skipped' ? {} : progressOf(run, mask)),
    ...(stop?.end === 'cancelled' || state === 'cancelled' ? { cancel_requested: true } : {}),
  };
}

type Progress = Partial<
  Pick<
    ExecutionText,
    | 'return_value'
    | 'progress'
    | 'progress_message'
    | 'current_item'
    | 'total_items'
    | 'processed_items'
    | 'updated_at'
  >
>;

/** The same figures as those that are pushed while it runs. */
function progressOf(run: RunView, mask: (text: string) => string): Progress {
  const news = taskNews(run, executionId(run));
  const { steps } = news;
  const touched = run.stages.shards.map(({ updatedAt }) => updatedAt);
  const isOver = RUN_MACHINE.terminal.includes(run.state);
  const bySteps = news.total_items === 0;
  return {
    ...(isOver ? { return_value: returnValueOf(run) } : {}),
    progress: Math.floor(news.progress),
    progress_message: mask(news.message),
    ...(news.current_item === null ? {} : { current_item: news.current_item }),
    total_items: bySteps ? steps.length : news.total_items,
    processed_items: bySteps
      ? steps.filter(({ status }) => status === 'completed').length
      : news.processed_items,
    updated_at: naiveShanghai(run.finishedAt ?? Math.max(run.createdAt, run.startedAt ?? 0, ...touched)),
  };
}

/** What a run has to show for itself: what its task says, or what it has written. */
function returnValueOf({ result, outcomes, rowsWritten, rowsUnchanged, calls }: RunView): string {
  return JSON.stringify(result ?? { rowsWritten, rowsUnchanged, calls, outcomes });
}

function errorOf(run: RunView): string | undefined {
  const { state, stop, error, reason } = run;
  switch (state) {
    case 'failed':
      return stop?.code === 'marked_failed' ? stop.reason : (error?.message ?? reason ?? '任务执行失败');
    case 'cancelled':
      return stop === null || stop.reason === '' ? '任务已被取消' : `任务已被取消：${stop.reason}`;
    case 'missed':
    case 'skipped':
      return NOT_RUN[reason ?? ''] ?? `任务未执行：${reason ?? state}`;
    case 'success_with_errors':
    case 'success':
    case 'pending':
    case 'running':
    case 'paused':
      return undefined;
  }
}

const NOT_RUN: Readonly<Record<string, string>> = {
  too_late: '任务错过执行时间',
  catch_up_limit: '任务错过执行时间，且早于补跑的上限',
  job_busy: '任务仍在运行，本次未执行',
  group_busy: '并发组已满，本次未执行',
};
