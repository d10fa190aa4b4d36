import { requireZone, type Instant, type Schedule } from '@tapekeeper/core';
import type { AppDeps } from '../deps.ts';
import { findJob } from '../jobs/findJob.ts';
import { loadCalendar } from '../market.ts';
import { previewOf, type Preview } from './preview.ts';

type Deps = Pick<AppDeps, 'store' | 'readCron' | 'cronWords'>;

/** Which moments somebody wants to see. */
export interface MomentsWish {
  /** Now by the database's clock, where it is left out. */
  readonly from?: Instant | undefined;
  readonly count: number;
  /** Zone of the local times; that of the trigger, where it is left out. */
  readonly zone?: string | undefined;
}

/**
 * The next moments of a schedule that is yet to be kept, by the calendar of this installation. Raises what
 * `previewOf` does, `unknown_zone`, and `unknown_job` where it follows none.
 */
export async function previewSchedule(
  deps: Deps,
  wish: MomentsWish & { readonly schedule: Schedule; readonly key?: string | undefined },
): Promise<Preview> {
  const { schedule, key = null } = wish;
  if (schedule.trigger.kind === 'after') await findJob(deps, schedule.trigger.jobId);
  return preview(deps, wish, { schedule, key, isNew: true });
}

/** The next moments of a job's trigger, whether it is enabled or not. Raises `unknown_job` and `unknown_zone`. */
export async function jobMoments(deps: Deps, ref: string, wish: MomentsWish): Promise<Preview> {
  const { key, definition } = await findJob(deps, ref);
  return preview(deps, wish, { schedule: definition.schedule, key, isNew: false });
}

async function preview(
  deps: Deps,
  { from, count, zone }: MomentsWish,
  { schedule, key, isNew }: { schedule: Schedule; key: string | null; isNew: boolean },
): Promise<Preview> {
  const [calendar, now] = await Promise.all([loadCalendar(deps), deps.store.now()]);
  const { readCron, cronWords } = deps;
  return previewOf(
    { schedule, from: from ?? now, count, key, zone: zone === undefined ? null : requireZone(zone) },
    { calendar, readCron, cronWords, now, isNew },
  );
}
