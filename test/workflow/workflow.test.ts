import { describe, expect, it } from 'vitest';
import { resumeWorkflow } from '../../packages/server/src/app/workflow/resumeWorkflow.ts';
import type { JobId } from '../../packages/server/src/ports/jobStore.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { waitingDispatches } from '../support/queue.ts';
import { addJob, exampleJob, nodeOf, startJob, workflowJob, workflowOf } from './jobs.ts';
import { allWellBut, createWorkflowStand, type WorkflowStand } from './workflowStand.ts';

const database = useCleanDatabase();

const CANCEL = { end: 'cancelled', code: 'cancelled', reason: 'enough', by: 'test' } as const;

/** A stand with a job that several nodes may run at a time. */
async function standWithJob(): Promise<WorkflowStand & { readonly jobId: JobId }> {
  const stand = await createWorkflowStand(database().db);
  return { ...stand, jobId: await addJob(stand.store, 'example', exampleJob({ mostRuns: 10 })) };
}

/** calendar, then the list, then bars and factors beside each other, then a report over whatever came. */
const evening = (jobId: JobId, rest: Parameters<typeof workflowOf>[1] = {}) =>
  workflowOf(
    [
      nodeOf('report', jobId, ['bars', 'factors'], 'done'),
      nodeOf('bars', jobId, ['list']),
      nodeOf('factors', jobId, ['list']),
      nodeOf('list', jobId, ['calendar']),
      nodeOf('calendar', jobId),
    ],
    rest,
  );

describe('a workflow', () => {
  it('runs its nodes in the order of their dependencies, and tells what became of them', async () => {
    const stand = await standWithJob();
    const id = await stand.start(evening(stand.jobId));
    await stand.workOff(allWellBut());
    const run = await stand.run(id);
    expect(run).toMatchObject({ state: 'success', error: null });
    expect(run.result).toMatchObject({ succeeded: 5, endedBefore: 0, failed: 0, skipped: 0 });
    const { nodes } = run.result as { nodes: { node: string; runId: number; state: string }[] };
    expect(nodes.map(({ node }) => node)).toEqual(['report', 'bars', 'factors', 'list', 'calendar']);
    const begun = nodes.toSorted((one, other) => one.runId - other.runId).map(({ node }) => node);
    expect(begun).toEqual(['calendar', 'list', 'bars', 'factors', 'report']);
  });

  it('runs the true work of its nodes, one that always fails among them', async () => {
    const stand = await createWorkflowStand(database().db);
    const params = { durationSeconds: 0, successRate: 1, steps: 2 };
    const good = await addJob(stand.store, 'good', { ...exampleJob(), type: 'example', params });
    const bad = await addJob(stand.store, 'bad', {
      ...exampleJob(),
      type: 'example',
      params: { ...params, successRate: 0 },
    });
    const nodes = [
      nodeOf('first', good),
      nodeOf('bad', bad, ['first']),
      nodeOf('last', good, ['bad'], 'done'),
    ];
    const id = await stand.start(workflowOf(nodes, { onFailure: 'continue' }));
    await stand.app.work();
    expect(await stand.states(id)).toEqual({ first: 'success', bad: 'failed', last: 'success' });
    expect(await stand.run(id)).toMatchObject({
      state: 'success_with_errors',
      result: { nodes: [{}, { node: 'bad', error: { code: 'example_failed' } }, {}] },
    });
  });

  it('starts one node at a time where it is serial, and counts errors as a good end', async () => {
    const stand = await standWithJob();
    const id = await stand.start(evening(stand.jobId, { mode: 'serial' }));
    await stand.workOff(allWellBut({ factors: 'left', list: 'success_with_errors' }));
    // bars come first of the two, being declared first
    expect(await stand.states(id)).toEqual({
      calendar: 'success',
      list: 'success_with_errors',
      bars: 'success',
      factors: 'running',
    });
  });

  it('is never green over red, and stops what has not begun', async () => {
    const stand = await standWithJob();
    const id = await stand.start(evening(stand.jobId));
    await stand.workOff(allWellBut({ list: 'failed' }));
    const run = await stand.run(id);
    expect(run).toMatchObject({
      state: 'failed',
      error: { code: 'workflow_failed', message: '1 of 5 nodes did not end well: list.' },
      result: { succeeded: 1, failed: 1, skipped: 3 },
    });
    expect(await stand.node(id, 'report')).toMatchObject({ state: 'skipped', reason: 'workflow_stopped' });
  });

  it('goes on with what the dependencies allow where it is told to, and ends with errors', async () => {
    const stand = await standWithJob();
    const id = await stand.start(evening(stand.jobId, { onFailure: 'continue' }));
    await stand.workOff(allWellBut({ list: 'failed' }));
    expect(await stand.states(id)).toEqual({
      calendar: 'success',
      list: 'failed',
      bars: 'skipped',
      factors: 'skipped',
      report: 'success',
    });
    expect(await stand.node(id, 'bars')).toMatchObject({ reason: 'dependency_failed' });
    expect(await stand.run(id)).toMatchObject({ state: 'success_with_errors', error: null });
  });

  it('takes a node that is cancelled by hand for one that failed', async () => {
    const stand = await standWithJob();
    const id = await stand.start(evening(stand.jobId));
    await stand.workOff(allWellBut({ bars: 'left' }));
    const bars = await stand.node(id, 'bars');
    await stand.store.stopRun(bars.runId, CANCEL, true);
    await stand.workOff(allWellBut());
    expect(await stand.run(id)).toMatchObject({ state: 'failed', result: { failed: 1, skipped: 1 } });
  });

  it('fails before its first node when it cannot run as it is, and says why', async () => {
    const stand = await standWithJob();
    const off = await addJob(stand.store, 'off', exampleJob());
    const id = await stand.start(workflowOf([nodeOf('a', stand.jobId), nodeOf('b', off)]));
    await stand.store.setJobState(off, 'disabled', 'test', () => null);
    await stand.workOff(allWellBut());
    expect(await stand.run(id)).toMatchObject({
      state: 'failed',
      error: {
        code: 'workflow_invalid',
        message: 'The workflow cannot run as it is. Node "b" names job "off", which is disabled.',
      },
    });
    expect(await stand.states(id)).toEqual({});
  });

  it('runs other workflows as nodes, and is as good as they are', async () => {
    const stand = await standWithJob();
    const inner = await addJob(
      stand.store,
      'inner',
      workflowJob(evening(stand.jobId, { onFailure: 'continue' })),
    );
    const id = await stand.start(
      workflowOf([nodeOf('inner', inner), nodeOf('after', stand.jobId, ['inner'])]),
    );
    await stand.workOff(allWellBut({ factors: 'failed' }));
    expect(await stand.states(id)).toEqual({ inner: 'success_with_errors', after: 'success' });
    expect(await stand.run(id)).toMatchObject({ state: 'success_with_errors' });
  });

  it('runs nodes of one job one after the other where the job allows no more', async () => {
    const stand = await standWithJob();
    const single = await addJob(stand.store, 'single', exampleJob({ mostRuns: 1, group: 'g' }));
    const nodes = ['a', 'b', 'c', 'd'].map((name) => nodeOf(name, single));
    const id = await stand.start(workflowOf(nodes));
    await stand.workOff(allWellBut({ a: 'left' }));
    expect(await stand.states(id)).toEqual({ a: 'running', b: 'pending', c: 'pending', d: 'pending' });
    await stand.store.stopRun((await stand.node(id, 'a')).runId, { ...CANCEL, end: 'failed' }, true);
    await stand.workOff(allWellBut());
    // what waited for its turn had been started, so that it still runs
    expect(await stand.states(id)).toEqual({ a: 'failed', b: 'success', c: 'success', d: 'success' });
    expect(await stand.run(id)).toMatchObject({ state: 'failed' });
  });
});

describe('a workflow that is resumed', () => {
  it('runs only what has not ended well, and ends by all of it', async () => {
    const stand = await standWithJob();
    const first = await stand.start(evening(stand.jobId));
    await stand.workOff(allWellBut({ bars: 'failed', list: 'success_with_errors' }));
    expect(await stand.run(first)).toMatchObject({ state: 'failed' });

    const second = await resumeWorkflow(stand.app.deps, await stand.run(first), 'somebody');
    const ran: string[] = [];
    await stand.workOff((node) => {
      ran.push(node);
      return 'success';
    });
    expect(ran.toSorted()).toEqual(['bars', 'report']);
    const run = await stand.run(second);
    expect(run).toMatchObject({
      resumesRunId: first,
      requestedBy: 'somebody',
      // the list had ended with errors
      state: 'success_with_errors',
      result: { succeeded: 2, endedBefore: 3, failed: 0, skipped: 0 },
    });
    expect(await stand.node(second, 'calendar')).toMatchObject({
      state: 'skipped',
      reason: 'ended_well_before',
    });
  });

  it('knows what ended in all the runs before, deleted ones too', async () => {
    const stand = await standWithJob();
    const first = await stand.start(evening(stand.jobId));
    await stand.workOff(allWellBut({ list: 'failed' }));
    const second = await resumeWorkflow(stand.app.deps, await stand.run(first), 'test');
    await stand.workOff(allWellBut({ bars: 'failed' }));
    await stand.store.deleteRun(first);
    const third = await resumeWorkflow(stand.app.deps, await stand.run(second), 'test');
    const ran: string[] = [];
    await stand.workOff((node) => {
      ran.push(node);
      return 'success';
    });
    expect(ran.toSorted()).toEqual(['bars', 'report']);
    expect(await stand.run(third)).toMatchObject({ state: 'success', result: { endedBefore: 3 } });
  });

  it('goes on where one was cancelled before it began', async () => {
    const stand = await standWithJob();
    const first = await stand.start(evening(stand.jobId));
    await stand.workOff(allWellBut({ list: 'failed' }));
    const second = await resumeWorkflow(stand.app.deps, await stand.run(first), 'test');
    await stand.store.stopRun(second, CANCEL, false);
    const third = await resumeWorkflow(stand.app.deps, await stand.run(second), 'test');
    await stand.workOff(allWellBut());
    expect(await stand.run(third)).toMatchObject({
      state: 'success',
      result: { succeeded: 4, endedBefore: 1 },
    });
  });

  it('waits for its turn while another run of the workflow is open', async () => {
    const stand = await standWithJob();
    const first = await stand.start(evening(stand.jobId));
    await stand.workOff(allWellBut({ list: 'failed' }));
    const { jobId } = await stand.run(first);
    const open = await startJob(stand.store, jobId ?? 0);
    const resumed = await resumeWorkflow(stand.app.deps, await stand.run(first), 'test');
    expect(await stand.run(resumed)).toMatchObject({ state: 'pending', waitsForTurn: true });
    await stand.workOff(allWellBut());
    expect(await stand.run(open)).toMatchObject({ state: 'success' });
    expect(await stand.run(resumed)).toMatchObject({ state: 'success' });
  });
});

describe('a workflow that is told to', () => {
  it('stop takes its open nodes along', async () => {
    const stand = await standWithJob();
    const id = await stand.start(evening(stand.jobId));
    await stand.workOff(allWellBut({ bars: 'left', factors: 'left' }));
    expect(await stand.store.stopRun(id, CANCEL, true)).toBe('cancelled');
    expect(await stand.states(id)).toEqual({
      calendar: 'success',
      list: 'success',
      bars: 'cancelled',
      factors: 'cancelled',
    });
    await stand.workOff(allWellBut());
    expect(await stand.run(id)).toMatchObject({ state: 'cancelled' });
    expect((await stand.store.nodeRuns(id)).map(({ node }) => node)).not.toContain('report');
  });

  it('pause starts nothing until it may go on', async () => {
    const stand = await standWithJob();
    const id = await stand.start(evening(stand.jobId));
    await stand.workOff(allWellBut({ list: 'left' }));
    expect(await stand.store.pauseRun(id, 'test')).toBe('paused');
    const list = await stand.node(id, 'list');
    const [signal] = await stand.store.signalsFor(stand.app.workerId);
    expect(signal).toMatchObject({ runId: list.runId, what: 'pause' });
    // its worker finishes all the same
    await stand.store.stopRun(list.runId, { ...CANCEL, end: 'failed' }, true);
    await stand.workOff(allWellBut());
    expect(await stand.states(id)).toEqual({ calendar: 'success', list: 'failed' });

    expect(await stand.store.continueRun(id, 'test')).toBe('running');
    await stand.workOff(allWellBut());
    expect(await stand.run(id)).toMatchObject({ state: 'failed', result: { skipped: 3 } });
    expect(await waitingDispatches(database().db)).toEqual([]);
  });

  it('pause takes along what has its turn and no worker yet', async () => {
    const stand = await standWithJob();
    const id = await stand.start(evening(stand.jobId));
    await stand.workOff(allWellBut({ list: 'unclaimed' }));
    expect(await stand.states(id)).toEqual({ calendar: 'success', list: 'pending' });
    expect(await stand.store.pauseRun(id, 'test')).toBe('paused');
    expect(await stand.states(id)).toEqual({ calendar: 'success', list: 'paused' });
    await stand.store.continueRun(id, 'test');
    await stand.workOff(allWellBut());
    expect(await stand.run(id)).toMatchObject({ state: 'success' });
  });

  it('pause is seen to by the next scan where whoever had the turn is gone', async () => {
    const stand = await standWithJob();
    const id = await stand.start(evening(stand.jobId));
    await stand.workOff(allWellBut({ list: 'unclaimed' }));
    const { runId } = await stand.node(id, 'list');
    // as one leaves it that waited for its turn when it was asked, got it, and lost its dispatch
    await database().db.rows(
      sql`UPDATE tapekeeper.run SET pause_asked_at = tapekeeper.now() WHERE id = ${runId}`,
    );
    await stand.store.enforceStops(30_000);
    expect(await stand.run(runId)).toMatchObject({ state: 'paused', reason: 'paused' });
  });

  it.each([
    ['stop', 'cancelled'],
    ['pause', 'paused'],
  ] as const)('%s while a worker is about to start a node starts none', async (what, state) => {
    const { db } = database();
    let asked = false;
    const stand = await createWorkflowStand(db, (store) => ({
      ...store,
      async advanceWorkflow(claim, step) {
        if (!asked && what === 'stop') await store.stopRun(claim.runId, CANCEL, false);
        if (!asked && what === 'pause') await store.pauseRun(claim.runId, 'test');
        asked = true;
        await store.advanceWorkflow(claim, step);
      },
    }));
    const jobId = await addJob(stand.store, 'example', exampleJob({ mostRuns: 10 }));
    const id = await stand.start(evening(jobId));
    await stand.workOff(allWellBut());
    expect(await stand.run(id)).toMatchObject({ state });
    expect(await stand.states(id)).toEqual({});
    if (what === 'stop') return;
    await stand.store.continueRun(id, 'test');
    await stand.workOff(allWellBut());
    expect(await stand.run(id)).toMatchObject({ state: 'success' });
  });
});
