import type { ExplainStore } from '../ports/explainStore.ts';
import type { Database } from './connection.ts';
import { databaseActivity } from './explainDatabase.ts';
import { fireBefore, firesWithin } from './explainFires.ts';
import { openShards, recentPace } from './explainShards.ts';
import { leaseOf, openChildren, otherRuns, pastDurations, turnOf } from './explainTurns.ts';
import { workersFor } from './explainWorkers.ts';

/** What explanations are made of, bound to one database. */
export function createExplainStore(db: Database): ExplainStore {
  return {
    workersFor: (named) => workersFor(db, named),
    openShards: (run) => openShards(db, run),
    openChildren: (run) => openChildren(db, run),
    turnOf: (of) => turnOf(db, of),
    otherRuns: (ids) => otherRuns(db, ids),
    leaseOf: (source) => leaseOf(db, source),
    databaseActivity: () => databaseActivity(db),
    pastDurations: (of) => pastDurations(db, of),
    recentPace: (run) => recentPace(db, run),
    firesWithin: (job, from, to) => firesWithin(db, job, from, to),
    fireBefore: (job, at) => fireBefore(db, job, at),
  };
}
