import { describe, expect, it } from 'vitest';
import { readScenarios } from '../../packages/replay/src/scenarios/scenarioFiles.ts';
import { expectScenario } from './expectScenario.ts';
import { useScenarioDatabase } from './scenarioDatabase.ts';

const SCENARIOS = readScenarios();
const database = useScenarioDatabase();

describe('a trouble that people report', () => {
  it.each(SCENARIOS)('ends as it should: $name', async (scenario) => {
    await expectScenario(database(), scenario);
  });

  it('asks for something in every file', () => {
    const asks = SCENARIOS.filter(({ steps }) =>
      steps.some((step) => step.do === 'sync' || step.do === 'repair'),
    );
    expect(asks).toHaveLength(SCENARIOS.length);
  });
});
