import { isAppError } from '@tapekeeper/core';
import { assert } from 'vitest';
import { momentOf } from '../../packages/replay/src/scenarios/openScenario.ts';
import type { Ends, Scenario, Step } from '../../packages/replay/src/scenarios/scenario.ts';
import type { RunView } from '../../packages/server/src/ports/viewStore.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { expectCalls, expectCount, expectCounts, type Numbers } from './counts.ts';
import { expectHolds } from './holds.ts';
import type { ScenarioDatabase } from './scenarioDatabase.ts';
import { openStand, type ScenarioStand } from './scenarioStand.ts';

/** Plays a scenario over an empty database, and checks how each of its steps ends and what holds then. */
export async function expectScenario({ db, owner }: ScenarioDatabase, scenario: Scenario): Promise<void> {
  const stand = await openStand(db, owner, scenario);
  try {
    for (const [at, step] of scenario.steps.entries()) await play(stand, step, `step ${at + 1} (${step.do})`);
    await expectHolds(stand, scenario.holds);
  } finally {
    await stand.close();
  }
}

async function play(stand: ScenarioStand, step: Step, name: string): Promise<void> {
  switch (step.do) {
    case 'sync':
    case 'repair':
      return ask(stand, step, name);
    case 'clear_faults':
    case 'add_faults':
      return stand.upstream.apply(step);
    case 'end_pause':
      return endPause(stand, stand.hostOf(step.host), name);
    case 'set_time':
      return stand.clock.moveTo(momentOf(step.at));
  }
}

type Asking = Extract<Step, { do: 'sync' | 'repair' }>;

async function ask(stand: ScenarioStand, { do: type, wish, ends }: Asking, name: string): Promise<void> {
  const { replay } = stand.upstream;
  const before = replay.counts();
  const run = await stand.run(wish, type).catch((error: unknown) => {
    if (!isAppError(error)) throw error;
    return error;
  });
  if (isAppError(run)) {
    assert.strictEqual(run.code, ends.refused, `${name} is refused: ${run.message}`);
    return;
  }
  assert.isUndefined(ends.refused, `${name} should be refused`);
  const codes = await failureCodes(stand.db, run.id);
  const what = `${name} ended ${run.state} (${run.error?.code ?? 'no error'}; ${codes.join(', ')})`;
  expectEnd(run, ends, what);
  if (ends.errors) assert.deepEqual(codes, [...ends.errors].toSorted(), `${what}, errors`);
  if (ends.calls) expectCalls(since(before, replay.counts()), ends.calls, what);
}

function expectEnd(run: RunView, ends: Ends, what: string): void {
  if (ends.state) assert.strictEqual(run.state, ends.state, what);
  if (ends.error) assert.strictEqual(run.error?.code, ends.error, what);
  if (ends.outcomes) expectCounts(run.outcomes, ends.outcomes, `${what}, outcomes`);
  if (ends.rowsWritten !== undefined) expectCount(run.rowsWritten, ends.rowsWritten, `${what}, rows written`);
  if (ends.servedBy === undefined) return;
  assert.deepEqual(
    run.servedBy.map(({ source }) => source).toSorted(),
    Object.keys(ends.servedBy).toSorted(),
    `${what}, sources`,
  );
  for (const served of run.servedBy) {
    const wanted = ends.servedBy[served.source] ?? {};
    for (const figure of ['items', 'itemsFailed', 'calls', 'rowsWritten'] as const) {
      const count = wanted[figure];
      if (count !== undefined) expectCount(served[figure], count, `${what}, ${figure} of ${served.source}`);
    }
  }
}

/** Codes that attempts and items of a run, or of what it required, failed with. */
async function failureCodes(db: Database, runId: number): Promise<readonly string[]> {
  const found = await db.rows<{ code: string }>(sql`
    SELECT DISTINCT error_code AS code FROM (
      SELECT run_id, error_code FROM tapekeeper.attempt UNION SELECT run_id, error_code FROM tapekeeper.item) AS failed
    WHERE error_code IS NOT NULL AND run_id IN (
      SELECT id FROM tapekeeper.run WHERE id = ${runId} OR parent_run_id = ${runId})
    ORDER BY 1`);
  return found.map(({ code }) => code);
}

async function endPause({ db, clock }: ScenarioStand, host: string, name: string): Promise<void> {
  const ended = await db.rows(sql`
    UPDATE tapekeeper.host SET open_until = to_timestamp(${clock.now()}::float8 / 1000) - interval '1 second'
    WHERE host = ${host} AND open_until IS NOT NULL RETURNING host`);
  assert.lengthOf(ended, 1, `${name}: the breaker of ${host} is open`);
}

function since(before: Numbers, after: Numbers): Numbers {
  return Object.fromEntries(
    Object.entries(after).map(([name, count = 0]) => [name, count - (before[name] ?? 0)]),
  );
}
