import { EXIT, specified } from '../spec.ts';

/** What people do to runs, and how runs end that are told to. */
export const RUN_ERRORS = specified({
  run_over: {
    text: 'Run {run} is over ({state}), and the end of a run never changes. "tapekeeper runs retry {run}" makes a new one of what failed.',
    zh: '运行 {run} 已结束（{state}），结束状态不会再变。可用 “tapekeeper runs retry {run}” 对失败部分新建运行。',
    status: 409,
    exit: EXIT.usage,
    retry: 'never',
  },
  run_open: {
    text: 'Run {run} is still open ({state}). Wait for its end, or stop it with "tapekeeper runs cancel {run}".',
    zh: '运行 {run} 尚未结束（{state}）。请等待其结束，或用 “tapekeeper runs cancel {run}” 停止。',
    status: 409,
    exit: EXIT.busy,
    retry: 'later',
  },
  run_not_running: {
    text: 'Run {run} is {state}; only a running one can be paused.',
    zh: '运行 {run} 的状态为 {state}，只有运行中的才能暂停。',
    status: 409,
    exit: EXIT.usage,
    retry: 'never',
  },
  run_not_paused: {
    text: 'Run {run} is {state}, so there is nothing to resume. A paused, failed or cancelled run can be.',
    zh: '运行 {run} 的状态为 {state}，无需恢复。只有已暂停、失败或取消的运行才能恢复。',
    status: 409,
    exit: EXIT.usage,
    retry: 'never',
  },
  run_nothing_failed: {
    text: 'Nothing of run {run} has failed, so there is nothing to retry.',
    zh: '运行 {run} 没有失败的部分，无需重试。',
    status: 409,
    exit: EXIT.usage,
    retry: 'never',
  },
  timed_out: {
    text: 'The run took longer than its limit of {reason}, and was stopped.',
    zh: '运行超过了 {reason} 的时限，已被停止。',
    status: 409,
    exit: EXIT.unavailable,
    retry: 'never',
  },
  marked_failed: {
    text: 'The run was marked as failed by {by}: {reason}',
    zh: '运行被 {by} 标记为失败：{reason}',
    status: 409,
    exit: EXIT.unavailable,
    retry: 'never',
  },
});
