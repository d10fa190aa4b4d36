import { isSyncType, stepFraction, type SyncWish } from '@tapekeeper/core';
import type { RunProgress } from '../../../../app/explain/runProgress.ts';
import { isOver } from '../../../../app/runs/findRun.ts';
import type { JobName } from '../../../../ports/statisticsStore.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import type { ExecutionResult } from './executionSchema.ts';
import { currentItemOf, itemsOf, percentOf } from './progress.ts';
import { childResults } from './taskResults.ts';

/** Of an error, so much is told beside the result. */
const LONGEST_SUMMARY = 500;

/** What came of a run, in the keys that clients of the platform read. */
export function executionResult(
  run: RunView,
  progress: RunProgress,
  names: readonly JobName[],
): ExecutionResult {
  const counts = countsOf(run, progress);
  const { total } = itemsOf(run, progress);
  const over = progress.steps.filter(({ state }) => state !== 'pending').length;
  return {
    success: isOver(run) ? run.state === 'success' || run.state === 'success_with_errors' : null,
    exit_code: exitCodeOf(run),
    message: messageOf(run, counts),
    command: commandOf(run),
    work_dir: textOf(run.result?.['directory']),
    duration_seconds: durationOf(run),
    resume_from_execution_id: run.resumesRunId,
    progress_percent: percentOf(progress),
    current_step: over,
    total_steps: progress.steps.length,
    steps: progress.steps.map((step) => ({
      name: step.name,
      status: step.state,
      progress_percent: Math.round(stepFraction(step) * 10_000) / 100,
    })),
    current_item: currentItemOf(run, progress),
    total_count: total,
    success_count: counts.success,
    failed_count: counts.failed,
    insert_count: run.rowsWritten,
    update_count: 0,
    delete_count: 0,
    unchanged_count: run.rowsUnchanged,
    error_summary: summaryOf(run),
    ...(run.type === 'workflow' && childResults(run, names)),
  };
}

/** In seconds, with three digits; null before the start. */
export function durationOf({ startedAt, finishedAt, readAt }: RunView): number | null {
  return startedAt === null ? null : Math.max(0, (finishedAt ?? readAt) - startedAt) / 1000;
}

/** What the run had to say of its failure; of what people have ended, that they did. */
export function errorOf({ state, stop, error }: RunView): string | null {
  if (state === 'cancelled')
    return `用户请求终止任务${stop === null || stop.reason === '' ? '' : `：${stop.reason}`}`;
  return error?.message ?? null;
}

interface Counts {
  readonly success: number;
  readonly failed: number;
}

function countsOf(run: RunView, { steps }: RunProgress): Counts {
  if (isSyncType(run.type)) {
    const { failed = 0, quarantined = 0, ...others } = run.outcomes;
    const success = Object.values(others).reduce((sum, count) => sum + count, 0);
    return { success, failed: failed + quarantined };
  }
  return {
    success: steps.filter(({ state }) => state === 'done').length,
    failed: steps.filter(({ state }) => state === 'failed' || state === 'cancelled').length,
  };
}

function messageOf(run: RunView, { success, failed }: Counts): string | null {
  switch (run.state) {
    case 'success':
      return `执行成功: 成功 ${success} 项`;
    case 'success_with_errors':
      return `部分成功: 成功 ${success} 项，失败 ${failed} 项`;
    case 'failed':
    case 'cancelled':
      return errorOf(run);
    case 'pending':
    case 'running':
    case 'paused':
    case 'skipped':
    case 'missed':
      return run.reason;
  }
}

function exitCodeOf({ state, result }: RunView): number | null {
  const told = result?.['exitCode'];
  if (typeof told === 'number') return told;
  if (state === 'success' || state === 'success_with_errors') return 0;
  return state === 'failed' || state === 'cancelled' ? 1 : null;
}

function summaryOf(run: RunView): string | null {
  if (run.state !== 'failed') return null;
  const told = textOf(run.result?.['errorSummary']) ?? run.error?.message ?? null;
  return told === null || told.length <= LONGEST_SUMMARY ? told : `${told.slice(0, LONGEST_SUMMARY)}...`;
}

/** Of a command the program and its arguments; of anything else the line of ours that does the same. */
function commandOf({ type, wish, jobKey }: RunView): string {
  if (type === 'command') {
    const { program = '', args = [] } = wish as { program?: string; args?: readonly string[] };
    return [program, ...args].join(' ');
  }
  if (!isSyncType(type)) return `tapekeeper jobs trigger ${jobKey ?? ''}`.trim();
  const { dataset, from, to, symbols } = wish as SyncWish;
  return [
    'tapekeeper',
    type,
    dataset,
    ...(from === undefined ? [] : ['--from', from]),
    ...(to === undefined ? [] : ['--to', to]),
    ...(symbols === undefined ? [] : ['--symbols', symbols.join(',')]),
  ].join(' ');
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
