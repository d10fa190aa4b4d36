import type { RunState } from '@tapekeeper/core';
import type { Job } from '../../../../ports/jobStore.ts';
import type { ScheduleStatus } from './taskSchema.ts';

/**
 * The one word for a task: whether it is in use, else whether it runs or how it went, else that it waits. What has no
 * next moment waits for nothing.
 */
export function scheduleStatusOf(
  { state, next }: Pick<Job, 'state' | 'next'>,
  latest: RunState | undefined,
): ScheduleStatus {
  if (state !== 'enabled') return state;
  switch (latest) {
    case 'running':
      return 'running';
    case 'failed':
    case 'cancelled':
      return 'failed';
    case 'success':
    case 'success_with_errors':
      return next === null ? 'success' : 'pending';
    case 'pending':
    case 'paused':
      return latest;
    case 'skipped':
    case 'missed':
    case undefined:
      return next === null ? 'disabled' : 'pending';
  }
}
