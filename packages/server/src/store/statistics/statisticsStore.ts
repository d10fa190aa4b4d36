import type { StatisticsStore } from '../../ports/statisticsStore.ts';
import type { Database } from '../connection.ts';
import { diskSamples, sampleDisk, tableSamples } from './disk.ts';
import { errorGroups } from './errorGroups.ts';
import { foldEndedRuns } from './fold.ts';
import { jobNames, rankSubjects, statisticsState, sumsOf, trendOf, workOf } from './rollups.ts';
import { workLoad } from './workLoad.ts';

/** The sums over the history of runs in the database. */
export function createStatisticsStore(db: Database): StatisticsStore {
  return {
    foldEndedRuns: (limit, mask) => foldEndedRuns(db, limit, mask),
    statisticsState: () => statisticsState(db),
    sumsOf: (scope, subject, spans) => sumsOf(db, scope, subject, spans),
    rankSubjects: (query) => rankSubjects(db, query),
    trendOf: (scope, subject, span) => trendOf(db, scope, subject, span),
    workOf: (scope, span) => workOf(db, scope, span),
    jobNames: (ids) => jobNames(db, ids),
    errorGroups: (query) => errorGroups(db, query),
    workLoad: () => workLoad(db),
    sampleDisk: (freeMegabytes) => sampleDisk(db, freeMegabytes),
    diskSamples: (days) => diskSamples(db, days),
    tableSamples: (days) => tableSamples(db, days),
  };
}
