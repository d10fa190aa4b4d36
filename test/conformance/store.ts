import { describe } from 'vitest';
import { createStore } from '../../packages/server/src/store/store.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import type { TestDatabase } from '../support/testDatabase.ts';
import { describeBudgets } from './store/budgets.ts';
import { describeClaims } from './store/claims.ts';
import { describeCommits } from './store/commits.ts';
import { describeAttempts } from './store/controlAttempts.ts';
import { describePauses } from './store/controlPauses.ts';
import { describeRaces } from './store/controlRaces.ts';
import { describeStops } from './store/controlStops.ts';
import { describeTurns } from './store/controlTurns.ts';
import { describeCoverage } from './store/coverage.ts';
import { describeEvents } from './store/events.ts';
import { describeJobs } from './store/jobs.ts';
import { describeFires } from './store/fires.ts';
import { describeFollowers } from './store/followers.ts';
import { describeInstruments } from './store/instruments.ts';
import { describeNodes } from './store/nodes.ts';
import { describeParents } from './store/parents.ts';
import { describeQuality } from './store/quality.ts';
import { describeRescue } from './store/rescue.ts';
import { describeRows } from './store/rows.ts';
import type { Stand } from './store/stand.ts';
import { describeStates } from './store/states.ts';
import { describeSymbolSets } from './store/symbolSets.ts';
import { describeTasks } from './store/tasks.ts';
import { describeViews } from './store/views.ts';

/** What the use cases rely on in a store, whatever server it is on. */
export function describeStore(name: string, open: () => Promise<TestDatabase>): void {
  describe(`a store: ${name}`, () => {
    const database = useCleanDatabase(open);
    const stand: Stand = () => ({ db: database().db, store: createStore(database().db) });
    describeStates(stand);
    describeClaims(stand);
    describeCommits(stand);
    describeInstruments(stand);
    describeRows(stand);
    describeCoverage(stand);
    describeParents(stand);
    describeRescue(stand);
    describeStops(stand);
    describePauses(stand);
    describeAttempts(stand);
    describeTurns(stand);
    describeRaces(stand);
    describeBudgets(stand);
    describeEvents(stand);
    describeViews(stand);
    describeQuality(stand);
    describeSymbolSets(stand);
    describeFires(stand);
    describeFollowers(stand);
    describeTasks(stand);
    describeNodes(stand);
    describeJobs(stand);
  });
}
