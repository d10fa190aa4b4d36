import { AppError, checkSchedule, type Schedule } from '@tapekeeper/core';
import type { AppDeps } from '../deps.ts';
import { loadCalendar } from '../market.ts';

/** Raises the first thing that is wrong with a schedule; what lies in the past only where it is new. */
export async function requireSchedule(
  deps: AppDeps,
  key: string,
  schedule: Schedule,
  isNew: boolean,
): Promise<void> {
  const calendar = await loadCalendar(deps);
  const now = await deps.store.now();
  const [problem] = checkSchedule(schedule, { calendar, readCron: deps.readCron, key, now, isNew });
  if (problem !== undefined) throw new AppError(problem.code, problem.details);
}
