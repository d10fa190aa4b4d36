import type { RunState, Step, StepState } from '@tapekeeper/core';
import { progressOf } from '../../../../app/explain/runProgress.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { naiveShanghai, zonedShanghai } from '../../times.ts';
import { executionId } from '../executionId.ts';

/** A stage of a task as the trading agents' tracker shows it. */
export interface NewsStep {
  readonly name: string;
  readonly description: string;
  readonly status: 'pending' | 'current' | 'completed' | 'failed';
  /** Share of the whole, from 0 to 1. */
  readonly weight: number;
  readonly start_time: string | null;
  readonly end_time: string | null;
}

/** How far a task is, as its messages say it. */
export interface TaskNews extends Record<string, unknown> {
  readonly task_id: string;
  readonly status: TaskWord;
  readonly message: string;
  /** Number of the step at hand, from 1; all of them at a good end, 0 before the first. */
  readonly step: number;
  readonly total_steps: number;
  /** 0 to 100, with one decimal; 100 only at a good end. */
  readonly progress: number;
  /** With its zone. */
  readonly timestamp: string;
  readonly execution_id: string;
  readonly job_id: string | null;
  readonly current_step_name: string | null;
  readonly current_item: string | null;
  readonly total_items: number;
  readonly processed_items: number;
  /** In seconds, as are the next two. */
  readonly elapsed_time: number;
  readonly remaining_time: number | null;
  readonly estimated_total_time: number | null;
  readonly steps: readonly NewsStep[];
}

export type TaskWord = 'pending' | 'running' | 'paused' | 'completed' | 'failed' | 'cancelled';

const WORDS: Readonly<Record<RunState, TaskWord>> = {
  pending: 'pending',
  running: 'running',
  paused: 'paused',
  success: 'completed',
  success_with_errors: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
  skipped: 'cancelled',
  missed: 'cancelled',
};

const STEP_WORDS: Readonly<Record<StepState, NewsStep['status']>> = {
  pending: 'pending',
  running: 'current',
  done: 'completed',
  failed: 'failed',
  // there was nothing to do in it
  skipped: 'completed',
  cancelled: 'failed',
};

/** What the steps of a sync do; those of tasks and workflows have names of their own. */
const STEP_TEXTS: Readonly<Record<string, string>> = {
  calendar: '读取交易日历',
  list: '读取股票列表',
  plan: '制定采集计划',
  fetch: '采集数据',
  finish: '收尾',
};

/** How far a run is, under the id by which a client asks for it. */
export function taskNews(run: RunView, taskId: string): TaskNews {
  const { steps, fraction, eta, step } = progressOf(run);
  const status = WORDS[run.state];
  const processed = Object.values(run.outcomes).reduce((sum, count) => sum + count, 0);
  const elapsedMs = run.startedAt === null ? 0 : (run.finishedAt ?? run.readAt) - run.startedAt;
  const percent = Math.floor(fraction * 1000) / 10;
  return {
    task_id: taskId,
    status,
    message: messageOf(run, step, processed),
    step: status === 'completed' ? steps.length : step === undefined ? 0 : step.no + 1,
    total_steps: steps.length,
    progress: status === 'completed' ? 100 : Math.min(99.9, percent),
    timestamp: zonedShanghai(run.readAt),
    execution_id: executionId(run),
    job_id: run.jobKey,
    current_step_name: step === undefined ? null : textOf(step),
    current_item: step === undefined ? null : run.lastSymbol,
    total_items: run.symbolsTotal,
    processed_items: processed,
    elapsed_time: seconds(elapsedMs),
    remaining_time: eta === null ? null : seconds(eta.likelyMs),
    estimated_total_time: eta === null ? null : seconds(elapsedMs + eta.likelyMs),
    steps: steps.map(newsStep),
  };
}

/** What has become of a run, in one line. */
export function endText(run: RunView): string {
  switch (run.state) {
    case 'success':
      return '任务完成';
    case 'success_with_errors':
      return `任务完成，${(run.outcomes.failed ?? 0) + run.itemsFailed} 项未成功`;
    case 'failed':
      return `任务失败：${run.error?.message ?? run.reason ?? '原因未知'}`;
    case 'cancelled':
      return '任务已取消';
    case 'skipped':
    case 'missed':
      return '任务未执行';
    case 'pending':
    case 'running':
    case 'paused':
      return '任务进行中';
  }
}

function messageOf(run: RunView, step: Step | undefined, processed: number): string {
  if (run.state === 'pending') return run.retryAt === null ? '等待执行' : '等待重试';
  if (run.state === 'paused') return '任务已暂停';
  if (run.state !== 'running') return endText(run);
  const what = step === undefined ? '任务执行中' : `正在${textOf(step)}`;
  return run.symbolsTotal > 0 ? `${what}（${processed}/${run.symbolsTotal}）` : what;
}

function newsStep(step: Step): NewsStep {
  return {
    name: step.name,
    description: textOf(step),
    status: STEP_WORDS[step.state],
    weight: Math.round(step.weight * 10_000) / 10_000,
    start_time: step.startedAt === null ? null : naiveShanghai(step.startedAt),
    end_time: step.finishedAt === null ? null : naiveShanghai(step.finishedAt),
  };
}

function textOf({ name }: Step): string {
  return STEP_TEXTS[name] ?? name;
}

function seconds(ms: number): number {
  return Math.round(Math.max(0, ms) / 100) / 10;
}
