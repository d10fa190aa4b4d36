import type { JobStore } from '../../ports/jobStore.ts';
import type { Database } from '../connection.ts';
import * as reading from './readJobs.ts';
import * as writing from './writeJobs.ts';

/** Jobs with their versions and changes. */
export function createJobStore(db: Database): Pick<JobStore, keyof typeof reading | keyof typeof writing> {
  return {
    createJob: (job, next) => writing.createJob(db, job, next),
    updateJob: (id, change, next) => writing.updateJob(db, id, change, next),
    setJobState: (id, state, author, next) => writing.setJobState(db, id, state, author, next),
    deleteJob: (id, author) => writing.deleteJob(db, id, author),
    job: (id) => reading.job(db, id),
    jobByKey: (key) => reading.jobByKey(db, key),
    jobs: (filter) => reading.jobs(db, filter),
    jobCounts: () => reading.jobCounts(db),
    jobVersions: (id, page) => reading.jobVersions(db, id, page),
    jobChanges: (id, before, limit) => reading.jobChanges(db, id, before, limit),
    jobChangeAt: (id, at) => reading.jobChangeAt(db, id, at),
    everUsedKeys: (keys) => reading.everUsedKeys(db, keys),
  };
}
