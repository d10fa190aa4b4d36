import type { RunControlStore } from '../../ports/runControlStore.ts';
import type { Database } from '../connection.ts';
import { failAttempt, itemAttempts, runAttempts } from './attempts.ts';
import { deleteRun } from './deleteRun.ts';
import { enforceStops } from './enforceStops.ts';
import { failuresOf, openResumption } from './failures.ts';
import { continueRun, pauseRun } from './pauses.ts';
import { yieldShard } from './requests.ts';
import { signalsFor, stopRun } from './stops.ts';
import { strayShards } from './strays.ts';
import { giveTurns } from './turns.ts';

type OwnPart = Pick<
  RunControlStore,
  | 'stopRun'
  | 'pauseRun'
  | 'continueRun'
  | 'deleteRun'
  | 'signalsFor'
  | 'strayShards'
  | 'yieldShard'
  | 'enforceStops'
  | 'giveTurns'
  | 'failAttempt'
  | 'runAttempts'
  | 'itemAttempts'
  | 'failuresOf'
  | 'openResumption'
>;

/** What is done to a run while it lives, bound to one database. */
export function createRunControl(db: Database): OwnPart {
  const bind =
    <Input extends readonly unknown[], Output>(
      statement: (db: Database, ...input: Input) => Promise<Output>,
    ) =>
    (...input: Input): Promise<Output> =>
      statement(db, ...input);
  return {
    stopRun: bind(stopRun),
    pauseRun: bind(pauseRun),
    continueRun: bind(continueRun),
    deleteRun: bind(deleteRun),
    signalsFor: bind(signalsFor),
    strayShards: bind(strayShards),
    yieldShard: bind(yieldShard),
    enforceStops: bind(enforceStops),
    giveTurns: bind(giveTurns),
    failAttempt: bind(failAttempt),
    runAttempts: bind(runAttempts),
    itemAttempts: bind(itemAttempts),
    failuresOf: bind(failuresOf),
    openResumption: bind(openResumption),
  };
}
