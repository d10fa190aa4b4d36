import {
  decideFires,
  FIRE_LIMITS,
  occurrencesOf,
  type Calendar,
  type DueJob,
  type FirePlan,
  type Instant,
} from '@tapekeeper/core';
import type { FireReport } from '../../ports/jobStore.ts';
import type { AppDeps } from '../deps.ts';
import { loadCalendar } from '../market.ts';

/** Jobs that one transaction decides about. */
const JOBS_A_TURN = 100;

/**
 * Moments that one transaction counts before it leaves the other jobs to the next: all of them keep their
 * rows locked meanwhile, and the server gives up a transaction that is silent for too long.
 */
const MOMENTS_A_TURN = FIRE_LIMITS.moments;

/** Decides about jobs that are due by the database's clock; does next to nothing when none is. */
export async function fireDueJobs(
  deps: Pick<AppDeps, 'store' | 'readCron' | 'log'>,
  limit = JOBS_A_TURN,
): Promise<FireReport> {
  const nextInMs = await deps.store.msUntilDue();
  if (nextInMs !== 0) return { jobs: 0, fires: 0, more: false, nextInMs };
  const calendar = await loadCalendar(deps);
  return deps.store.fireDue(limit, decider(deps, calendar));
}

function decider(
  { readCron, log }: Pick<AppDeps, 'readCron' | 'log'>,
  calendar: Calendar,
): (job: DueJob, now: Instant) => FirePlan {
  let counted = 0;
  return (job, now) => {
    if (counted >= MOMENTS_A_TURN) return { fires: [], next: job.next };
    try {
      const occurrences = occurrencesOf(job.schedule, { calendar, readCron, key: job.key });
      const plan = decideFires(job, occurrences, now);
      counted += plan.fires.reduce((sum, { dueCount }) => sum + dueCount, 0);
      return plan;
    } catch (error) {
      log.error({ jobId: job.jobId, job: job.key, err: error }, 'nothing can be decided about a due job');
      throw error;
    }
  };
}
