import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readScenarios } from '../../packages/replay/src/scenarios/scenarioFiles.ts';
import { connect, type Database } from '../../packages/server/src/store/connection.ts';
import { emptyTables } from '../support/cleanDatabase.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { playScenario } from './playScenario.ts';
import { CLOCK_TABLE, installClock } from './scenarioClock.ts';

const SCENARIOS = readScenarios();

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

describe('a trouble that people report', () => {
  it.each(SCENARIOS)('ends as it should: $name', async (scenario) => {
    await playScenario(database.db, owner, scenario);
  });

  it('is played by what may be asked of it: every scenario asks for something', () => {
    const silent = SCENARIOS.filter(
      ({ steps }) => !steps.some(({ do: act }) => act === 'sync' || act === 'repair'),
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});
