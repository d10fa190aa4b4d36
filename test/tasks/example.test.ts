import { afterEach, describe, expect, it } from 'vitest';
import { exampleFailure } from '../../packages/server/src/app/tasks/exampleTask.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { ageWorker } from '../support/queue.ts';
import { until } from '../support/until.ts';
import { createTaskStand } from './taskStand.ts';

const database = useCleanDatabase();
const stops: AbortController[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort();
});

const stopper = (): AbortController => {
  const stop = new AbortController();
  stops.push(stop);
  return stop;
};

const QUICK = { durationSeconds: 0, successRate: 1, steps: 3, message: 'hello' };
const LONG = { durationSeconds: 3600, successRate: 1, steps: 2 };

describe('an example', () => {
  it('goes through its steps, says its message and ends well', async () => {
    const stand = await createTaskStand(database().db);
    const run = await stand.task('example', QUICK);
    expect(run).toMatchObject({ state: 'success', result: { steps: 3, stepsDone: 3 }, error: null });
    expect(await stand.deps.store.runSteps(run.id)).toMatchObject(
      [1, 2, 3].map((no) => ({ name: `step ${no}`, state: 'done', done: 4, total: 4, weight: 1 })),
    );
    expect(await stand.logOf(run.id)).toEqual([
      'hello',
      'step 1 of 3 is done',
      'step 2 of 3 is done',
      'step 3 of 3 is done',
    ]);
  });

  it('that is to fail does so in one of its steps, and is not tried again', async () => {
    const stand = await createTaskStand(database().db);
    const run = await stand.task('example', { ...QUICK, successRate: 0 });
    expect(run).toMatchObject({ state: 'failed', error: { code: 'example_failed' }, attempt: 1 });
    const failed = exampleFailure(run.id, 0, 3) ?? 0;
    const expected = [1, 2, 3].map((no) => (no < failed ? 'done' : no === failed ? 'failed' : 'skipped'));
    expect(await stand.stepStates(run.id)).toEqual(expected);
    expect(run.result).toEqual({ steps: 3, stepsDone: failed - 1 });
  });

  it('moves in small steps that can be seen from outside', async () => {
    const stand = await createTaskStand(database().db);
    const id = await stand.begin('example', { durationSeconds: 2, successRate: 1, steps: 1 });
    const seen = new Set<number>();
    const working = stand.workOne();
    await until(async () => {
      const [step] = await stand.deps.store.runSteps(id);
      if (step !== undefined) seen.add(step.done);
      return step?.state === 'done';
    });
    await working;
    // of the ten ticks, some are seen on the way
    expect([...seen].filter((done) => done > 0 && done < 10).length).toBeGreaterThan(1);
    expect((await stand.run(id)).state).toBe('success');
  });
});

describe('a worker that leaves', () => {
  it('gives an example back at once, and the next one begins it anew', async () => {
    const stand = await createTaskStand(database().db);
    const id = await stand.begin('example', LONG);
    const stop = stopper();
    const working = stand.workOne(stop.signal);
    await until(async () => (await stand.stepStates(id))[0] === 'running');
    stop.abort();
    await working;
    expect(await stand.run(id)).toMatchObject({ error: null, finishedAt: null });

    await stand.db.rows(
      sql`UPDATE tapekeeper.run SET wish = ${JSON.stringify(QUICK)}::jsonb WHERE id = ${id}`,
    );
    await stand.work();
    expect((await stand.run(id)).state).toBe('success');
    expect(await stand.stepStates(id)).toEqual(['done', 'done', 'done']);
  });

  it('having been given up stops by itself, and its run goes on elsewhere', async () => {
    const stand = await createTaskStand(database().db);
    const id = await stand.begin('example', LONG);
    const working = stand.workOne(stopper().signal);
    await until(async () => (await stand.stepStates(id))[0] === 'running');
    const { worker } = await stand.db.one<{ worker: number }>(sql`
      SELECT worker_id AS worker FROM tapekeeper.shard WHERE run_id = ${id}`);
    await ageWorker(stand.db, worker, 60_000);
    expect(await stand.rescue()).toMatchObject([{ runId: id, why: 'silent_worker' }]);
    await working;

    await stand.db.rows(
      sql`UPDATE tapekeeper.run SET wish = ${JSON.stringify(QUICK)}::jsonb WHERE id = ${id}`,
    );
    await stand.work();
    expect(await stand.run(id)).toMatchObject({ state: 'success', result: { stepsDone: 3 } });
  });
});

it('fails as often as it is told to', () => {
  const runs = Array.from({ length: 2000 }, (_, at) => at + 1);
  for (const rate of [0, 0.25, 0.9, 1]) {
    const well = runs.filter((run) => exampleFailure(run, rate, 5) === undefined).length;
    expect(well / runs.length).toBeGreaterThan(rate - 0.05);
    expect(well / runs.length).toBeLessThan(rate + 0.05);
  }
  const steps = new Set(runs.map((run) => exampleFailure(run, 0, 5)));
  expect(steps).toEqual(new Set([1, 2, 3, 4, 5]));
});
