import { occurrencesOf } from '@tapekeeper/core';
import type { NextMoment } from '../../ports/jobStore.ts';
import type { AppDeps } from '../deps.ts';
import { loadCalendar } from '../market.ts';

/** Finds the next moments of jobs by the calendar as it is now; what it gives is used within a transaction. */
export async function nextMomentOf(deps: Pick<AppDeps, 'store' | 'readCron'>): Promise<NextMoment> {
  const calendar = await loadCalendar(deps);
  const { readCron } = deps;
  return ({ key, definition }, after) =>
    occurrencesOf(definition.schedule, { calendar, readCron, key }).next(after) ?? null;
}
