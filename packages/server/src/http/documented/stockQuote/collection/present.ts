import { isSyncType } from '@tapekeeper/core';
import type { StockCounts } from '../../../../app/collection/stockCounts.ts';
import type { StockEntry } from '../../../../app/collection/stockList.ts';
import { isOver } from '../../../../app/runs/findRun.ts';
import type { LostQuestion } from '../../../../ports/collectionStore.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { naiveShanghai } from '../../times.ts';
import { TUSHARE_HISTORICAL } from './collectionJobs.ts';
import type { Task, TaskStatus } from './schemas.ts';
import { taskIdOf } from './taskId.ts';

/** In characters; upstreams send whole pages as errors. */
const LONGEST_DETAIL = 300;

/** A run as a task. */
export function presentTask(run: RunView, counts: StockCounts): Task {
  return {
    task_id: taskIdOf(run) ?? '',
    status: statusOf(run),
    progress: counts.percent,
    total_stocks: counts.total,
    processed_stocks: counts.processed,
    success_count: counts.succeeded,
    failed_count: counts.failed,
    collected_count: run.rowsWritten,
    skipped_count: run.rowsUnchanged,
    start_time: naiveShanghai(run.createdAt),
    end_time: run.finishedAt === null ? null : naiveShanghai(run.finishedAt),
    error_message: statusOf(run) === 'failed' ? errorOf(run) : null,
    warning_message: warningOf(run, counts),
    failed_details: counts.lost.map(detailOf),
  };
}

/**
 * The documented word of a state. A task is running from the moment it is accepted; one that was told to stop is
 * cancelled at once, though its last call may still be on its way.
 */
export function statusOf({ state, stop, jobKey }: RunView): TaskStatus {
  switch (state) {
    case 'pending':
    case 'running':
    case 'paused':
      return stop?.end === 'cancelled' ? 'cancelled' : 'running';
    case 'success':
      return 'completed';
    case 'success_with_errors':
      // only tasks of this kind have the later word
      return jobKey === TUSHARE_HISTORICAL.key ? 'partial_success' : 'completed';
    case 'failed':
      return 'failed';
    case 'cancelled':
    case 'skipped':
    case 'missed':
      return 'cancelled';
  }
}

function errorOf({ error }: RunView): string {
  return error === null ? '任务失败' : error.message;
}

function warningOf(run: RunView, { failed }: StockCounts): string | null {
  if (run.state === 'success' && run.itemsTotal === 0 && isSyncType(run.type))
    return '所选范围内没有需要采集的数据：均为非交易日，或数据已采集完整';
  if (run.state !== 'success_with_errors') return null;
  const refused = run.outcomes.quarantined ?? 0;
  const parts = [
    ...(failed > 0 ? [`${failed} 只股票采集失败`] : []),
    ...(refused > 0 ? [`${refused} 项结果未通过校验，已隔离`] : []),
  ];
  return parts.length === 0 ? '部分数据未能采集到' : parts.join('；');
}

/** `600000.SH: empty: …`; of a whole market its day stands first. */
function detailOf({ symbol, from, to, code, message }: LostQuestion): string {
  const what = symbol ?? (from === to ? from : `${from}~${to}`);
  return `${what}: ${[code ?? 'internal', ...(message ? [message] : [])].join(': ').slice(0, LONGEST_DETAIL)}`;
}

export function presentStock({ symbol, name, completeThrough }: StockEntry): {
  code: string;
  name: string;
  full_collection_completed: boolean;
  full_collection_date: string | null;
} {
  return {
    code: symbol.slice(0, 6),
    name,
    full_collection_completed: completeThrough !== null,
    full_collection_date: completeThrough === null ? null : `${completeThrough}T00:00:00`,
  };
}

/** Whether a task is one of those that can no longer be cancelled. */
export function isEnded(run: RunView): boolean {
  return isOver(run) && run.state !== 'cancelled';
}
