import type { RunState } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { JobId } from '../../../packages/server/src/ports/jobStore.ts';
import type { TaskEnd } from '../../../packages/server/src/ports/runControlStore.ts';
import type { RunId, ShardClaim } from '../../../packages/server/src/ports/runStore.ts';
import { addWorker, waitingDispatches } from '../../support/queue.ts';
import {
  addJob,
  endOf,
  EXAMPLE_PARAMS,
  exampleJob,
  nodeOf,
  startJob,
  workflowJob,
  workflowOf,
} from '../../workflow/jobs.ts';
import { claimFirst, type Held, type Stand } from './stand.ts';

/** A workflow's run starts others, and sleeps until one of them has ended. */
export function describeNodes(stand: Stand): void {
  /** A run of a workflow over some jobs, held by a worker; its nodes have the names of the jobs. */
  const holdWorkflow = async (
    jobs: Readonly<Record<string, JobId>>,
    policies: Parameters<typeof workflowJob>[1] = {},
  ): Promise<Held> => {
    const { store } = stand();
    const nodes = Object.entries(jobs).map(([name, jobId]) => nodeOf(name, jobId));
    const jobId = await addJob(store, 'whole', workflowJob(workflowOf(nodes), policies));
    const runId = await startJob(store, jobId);
    const workerId = await addWorker(store);
    return { runId, workerId, claim: await claimFirst(store, runId, 0, workerId) };
  };
  const queued = async (runId: RunId): Promise<readonly number[]> =>
    (await waitingDispatches(stand().db)).filter((one) => one.runId === runId).map((one) => one.dispatch);
  const nodes = async (runId: RunId): Promise<Readonly<Record<string, RunState>>> =>
    Object.fromEntries((await stand().store.nodeRuns(runId)).map(({ node, state }) => [node, state]));
  const childOf = async (runId: RunId, name: string): Promise<RunId> =>
    (await stand().store.nodeRuns(runId)).find(({ node }) => node === name)?.runId ?? 0;
  const start = (claim: ShardClaim, jobs: Readonly<Record<string, JobId>>, seenEnded = 0): Promise<void> =>
    stand().store.advanceWorkflow(claim, {
      start: Object.entries(jobs).map(([node, jobId]) => ({ node, jobId })),
      skip: [],
      seenEnded,
    });
  const end = async (runId: RunId, workerId: number, state: TaskEnd['state'] = 'success'): Promise<void> => {
    const { store } = stand();
    await store.endTask(await claimFirst(store, runId, 0, workerId), endOf(state));
  };

  describe('a workflow', () => {
    it('starts nodes as runs of their jobs, as these are now, and sleeps', async () => {
      const { store } = stand();
      const a = await addJob(store, 'a', exampleJob({ timeoutSeconds: 7, maxAttempts: 2, group: 'g' }));
      const { runId, claim } = await holdWorkflow({ a });
      await start(claim, { a });

      expect(await store.run(await childOf(runId, 'a'))).toMatchObject({
        type: 'example',
        wish: EXAMPLE_PARAMS,
        cause: 'workflow',
        parentRunId: runId,
        node: 'a',
        jobId: a,
        jobVersion: 1,
        timeoutSeconds: 7,
        maxAttempts: 2,
        group: 'g',
        state: 'pending',
        waitsForTurn: false,
      });
      expect(await store.run(runId)).toMatchObject({ state: 'running' });
      expect(await queued(runId)).toEqual([1]);
      await expect(start(claim, { a })).rejects.toMatchObject({ code: 'lease_lost' });
      expect(await nodes(runId)).toEqual({ a: 'pending' });
    });

    it('wakes when one of its nodes has ended, and once for each that ends', async () => {
      const { store } = stand();
      const a = await addJob(store, 'a', exampleJob({ mostRuns: 2 }));
      const { runId, claim, workerId } = await holdWorkflow({ a, b: a });
      await start(claim, { a, b: a });
      await end(await childOf(runId, 'a'), workerId, 'success_with_errors');
      expect(await queued(runId)).toEqual([2]);
      expect(await nodes(runId)).toEqual({ a: 'success_with_errors', b: 'pending' });

      await start(await claimFirst(store, runId, 0, workerId, 2), {}, 1);
      await end(await childOf(runId, 'b'), workerId);
      expect(await queued(runId)).toEqual([3]);
    });

    it('looks again at once when a node has ended that it knew nothing of', async () => {
      const { store } = stand();
      const a = await addJob(store, 'a', exampleJob());
      const { runId, claim, workerId } = await holdWorkflow({ a });
      await start(claim, { a });
      await end(await childOf(runId, 'a'), workerId);
      await start(await claimFirst(store, runId, 0, workerId, 2), {}, 0);
      expect(await queued(runId)).toEqual([3]);
    });

    it('never sleeps over the end of a node that comes at the same moment', async () => {
      const { store } = stand();
      const a = await addJob(store, 'a', exampleJob());
      const b = await addJob(store, 'b', exampleJob());
      const { runId, claim, workerId } = await holdWorkflow({ a, b });
      await start(claim, { a, b });
      await end(await childOf(runId, 'a'), workerId);
      const awake = await claimFirst(store, runId, 0, workerId, 2);
      const child = await claimFirst(store, await childOf(runId, 'b'), 0, workerId);
      await Promise.all([store.endTask(child, endOf('success')), start(awake, {}, 1)]);
      expect(await queued(runId)).toEqual([3]);
    });

    it('leaves a node alone that has a run already', async () => {
      const { store } = stand();
      const a = await addJob(store, 'a', exampleJob());
      const { runId, claim, workerId } = await holdWorkflow({ a });
      await start(claim, { a });
      const first = await childOf(runId, 'a');
      await end(first, workerId);
      const again = await claimFirst(store, runId, 0, workerId, 2);
      await store.advanceWorkflow(again, {
        start: [{ node: 'a', jobId: a }],
        skip: [{ node: 'a', jobId: a, reason: 'workflow_stopped' }],
        seenEnded: 1,
      });
      expect(await store.nodeRuns(runId)).toMatchObject([{ node: 'a', runId: first, state: 'success' }]);
    });

    it('passes nodes over with a reason, as runs that have ended', async () => {
      const { store } = stand();
      const a = await addJob(store, 'a', exampleJob());
      const { runId, claim } = await holdWorkflow({ a });
      const skip = [{ node: 'a', jobId: a, reason: 'dependency_failed' }];
      await store.advanceWorkflow(claim, { start: [], skip, seenEnded: 0 });
      expect(await store.nodeRuns(runId)).toMatchObject([
        { node: 'a', state: 'skipped', reason: 'dependency_failed', error: null },
      ]);
      const skipped = await store.run(await childOf(runId, 'a'));
      expect(skipped).toMatchObject({ startedAt: null, finishedAt: expect.any(Number) });
      // nothing else will end and wake it
      expect(await queued(runId)).toEqual([2]);
    });

    it('gives its nodes its own priority where that is the higher one', async () => {
      const { store } = stand();
      const low = await addJob(store, 'low', exampleJob({ priority: 'backfill' }));
      const high = await addJob(store, 'high', exampleJob({ priority: 'live' }));
      const { runId, claim } = await holdWorkflow({ low, high }, { priority: 'normal' });
      await start(claim, { low, high });
      expect(await store.run(await childOf(runId, 'low'))).toMatchObject({ priority: 'normal' });
      expect(await store.run(await childOf(runId, 'high'))).toMatchObject({ priority: 'live' });
    });

    it('lets a node wait for its turn while its job is busy', async () => {
      const { store } = stand();
      const a = await addJob(store, 'a', exampleJob());
      const other = await startJob(store, a);
      const { runId, claim, workerId } = await holdWorkflow({ a });
      await start(claim, { a });
      const child = await childOf(runId, 'a');
      expect(await store.run(child)).toMatchObject({
        state: 'pending',
        waitsForTurn: true,
        reason: 'waits_for_turn',
      });
      expect(await queued(child)).toEqual([]);
      await end(other, workerId);
      await store.giveTurns();
      expect(await store.run(child)).toMatchObject({ waitsForTurn: false });
      expect(await queued(child)).toEqual([1]);
    });

    it('lets nodes of one group run one after the other', async () => {
      const { store } = stand();
      const a = await addJob(store, 'a', exampleJob({ group: 'g' }));
      const b = await addJob(store, 'b', exampleJob({ group: 'g' }));
      const { runId, claim } = await holdWorkflow({ a, b });
      await start(claim, { a, b });
      expect(await store.run(await childOf(runId, 'a'))).toMatchObject({ waitsForTurn: false });
      expect(await store.run(await childOf(runId, 'b'))).toMatchObject({ waitsForTurn: true });
    });

    it('lets as many nodes of a group run as it allows', async () => {
      const { store } = stand();
      await store.setGroup('wide', 2);
      const jobs = Object.fromEntries(
        await Promise.all(
          ['a', 'b', 'c'].map(
            async (key) => [key, await addJob(store, key, exampleJob({ group: 'wide' }))] as const,
          ),
        ),
      );
      const { runId, claim } = await holdWorkflow(jobs);
      await start(claim, jobs);
      const waiting = await Promise.all(
        ['a', 'b', 'c'].map(async (name) => (await store.run(await childOf(runId, name)))?.waitsForTurn),
      );
      expect(waiting).toEqual([false, false, true]);
    });

    it('fails a node whose job was disabled or deleted since it began', async () => {
      const { store } = stand();
      const off = await addJob(store, 'off', exampleJob(), 'disabled');
      const gone = await addJob(store, 'gone', exampleJob());
      await store.deleteJob(gone, 'test');
      const a = await addJob(store, 'a', exampleJob());
      const { runId, claim } = await holdWorkflow({ a });
      await start(claim, { off, gone });
      expect(await store.nodeRuns(runId)).toMatchObject([
        {
          node: 'off',
          state: 'failed',
          reason: 'workflow_invalid',
          error: { code: 'workflow_invalid', message: expect.stringContaining('"off", which is disabled') },
        },
        { node: 'gone', state: 'failed', error: { message: expect.stringContaining('is not there') } },
      ]);
      expect(await queued(runId)).toEqual([2]);
    });

    it('fails a node that would wait for the group of its own workflow, rather than wait for ever', async () => {
      const { store } = stand();
      const a = await addJob(store, 'a', exampleJob({ group: 'g' }));
      const { runId, claim } = await holdWorkflow({ a }, { group: 'g' });
      await start(claim, { a });
      expect(await nodes(runId)).toEqual({ a: 'failed' });
    });

    it('starts nothing any more when it is told to stop, or to pause', async () => {
      const { store } = stand();
      const a = await addJob(store, 'a', exampleJob());
      const stopped = await holdWorkflow({ a });
      const wish = { end: 'cancelled', code: 'cancelled', reason: '', by: 'test' } as const;
      expect(await store.stopRun(stopped.runId, wish, false)).toBe('running');
      await expect(start(stopped.claim, { a })).rejects.toMatchObject({ code: 'interrupted' });
      expect(await store.yieldShard(stopped.claim)).toBe('cancelled');
      expect(await nodes(stopped.runId)).toEqual({});
    });
  });
}
