import { afterAll, beforeAll, beforeEach } from 'vitest';
import { connect, type Database } from '../../packages/server/src/store/connection.ts';
import { emptyTables } from '../support/cleanDatabase.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { CLOCK_TABLE, installClock } from './scenarioClock.ts';

export interface ScenarioDatabase {
  readonly db: Database;
  /** Moves the time of budgets and breakers. */
  readonly owner: Database;
}

/** A database whose budgets and breakers go by the scenario's time, empty at the start of each test. */
export function useScenarioDatabase(): () => ScenarioDatabase {
  let database: TestDatabase;
  let owner: Database;
  beforeAll(async () => {
    database = await createDatabase('scenarios');
    owner = await connect({
      url: database.ownerUrl,
      max: 1,
      applicationName: 'tests',
      statementTimeoutMs: 20_000,
    });
    await installClock(owner);
  });
  afterAll(async () => {
    await owner?.close();
    await database?.drop();
  });
  beforeEach(() => emptyTables(database.db, [CLOCK_TABLE]));
  return () => ({ db: database.db, owner });
}
