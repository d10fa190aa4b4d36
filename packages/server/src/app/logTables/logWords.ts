import type { RunState } from '@tapekeeper/core';
import { LOG_STATUSES, type LogStatus } from '../../ports/logTableStore.ts';

/** Every word that documents, code and screens use for a status of a log. */
const WORDS: Readonly<Record<LogStatus, readonly string[]>> = {
  pending: ['pending', 'waiting', 'queued', '待处理', '等待中'],
  running: ['running', 'started', 'paused', '运行中', '进行中'],
  success: ['success', 'completed', 'complete', 'ok', '成功', '已完成'],
  partial_success: ['partial_success', 'partial', 'success_with_errors', '部分成功'],
  failed: ['failed', 'fail', 'error', 'failure', 'cancelled', 'canceled', '失败'],
};

/** The status that a word stands for; undefined for a word that stands for none. */
export function statusOfWord(word: string): LogStatus | undefined {
  const written = word.trim().toLowerCase();
  return LOG_STATUSES.find((status) => WORDS[status].includes(written));
}

const STATES: Readonly<Record<LogStatus, readonly RunState[]>> = {
  pending: ['pending'],
  running: ['running', 'paused'],
  success: ['success'],
  partial_success: ['success_with_errors'],
  failed: ['failed', 'cancelled', 'skipped', 'missed'],
};

/** States of the runs that a log shows with a status; all of them where there is no status. */
export function statesOf(status: LogStatus | null): readonly RunState[] {
  return status === null ? LOG_STATUSES.flatMap((one) => STATES[one]) : STATES[status];
}

/** How a log words the state of a run. */
export function statusOfState(state: RunState): LogStatus {
  return LOG_STATUSES.find((status) => STATES[status].includes(state)) ?? 'failed';
}
