import type { JobStore } from '../../ports/jobStore.ts';
import type { Database } from '../connection.ts';
import { fireAfter } from './fireAfter.ts';
import { fireDue } from './fireDue.ts';
import { fireAt, fires } from './fireViews.ts';
import { groups, setGroup } from './groups.ts';
import { msUntilDue } from './msUntilDue.ts';
import { now, schedulers, schedulerStopped, schedulerTurned } from './schedulers.ts';
import { triggerJob } from './triggerJob.ts';

export type FireStore = Pick<
  JobStore,
  | 'fireDue'
  | 'msUntilDue'
  | 'fireAfter'
  | 'triggerJob'
  | 'fires'
  | 'fireAt'
  | 'setGroup'
  | 'groups'
  | 'schedulerTurned'
  | 'schedulerStopped'
  | 'schedulers'
  | 'now'
>;

/** What is decided about jobs, and by whom. */
export function createFireStore(db: Database): FireStore {
  return {
    fireDue: (limit, decide) => fireDue(db, limit, decide),
    msUntilDue: () => msUntilDue(db),
    fireAfter: (limit) => fireAfter(db, limit),
    triggerJob: (id, trigger) => triggerJob(db, id, trigger),
    fires: (filter) => fires(db, filter),
    fireAt: (jobId, at) => fireAt(db, jobId, at),
    setGroup: (name, most) => setGroup(db, name, most),
    groups: () => groups(db),
    schedulerTurned: (scheduler) => schedulerTurned(db, scheduler),
    schedulerStopped: (boot) => schedulerStopped(db, boot),
    schedulers: () => schedulers(db),
    now: () => now(db),
  };
}
