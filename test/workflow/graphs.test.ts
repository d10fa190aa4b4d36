import {
  advance,
  checkWorkflow,
  RUN_MACHINE,
  type RunState,
  type WorkflowNode,
  type WorkflowParams,
} from '@tapekeeper/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drawNumbers, graphs, outcomes, workflows } from '../../packages/core/test/workflows.ts';
import { loadWorkflowJobs } from '../../packages/server/src/app/workflow/workflowJobs.ts';
import type { RunId } from '../../packages/server/src/ports/runStore.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { addJob, exampleJob } from './jobs.ts';
import { createWorkflowStand, type WorkflowStand } from './workflowStand.ts';

const database = useCleanDatabase();

const GRAPHS = 50;
const MANY_NODES = 30;
/** Some hundred dispatches, on a machine that is busy. */
const LONG_MS = 120_000;

/** Jobs that nodes share: one at a time, several at a time, and two that get into each other's way. */
async function addJobs(stand: WorkflowStand): Promise<readonly number[]> {
  return [
    await addJob(stand.store, 'single', exampleJob({ mostRuns: 1 })),
    await addJob(stand.store, 'wide', exampleJob({ mostRuns: 3 })),
    await addJob(stand.store, 'first', exampleJob({ mostRuns: 2, group: 'one_at_a_time' })),
    await addJob(stand.store, 'second', exampleJob({ mostRuns: 2, group: 'one_at_a_time' })),
  ];
}

const overJobs = (params: WorkflowParams, jobs: readonly number[]): WorkflowParams => ({
  ...params,
  nodes: params.nodes.map((node) => ({ ...node, jobId: jobs[node.jobId % jobs.length]! })),
});

/** What every workflow leaves behind: all nodes with one run each, all ended, and an end that follows from them. */
async function expectEnded(stand: WorkflowStand, id: RunId, params: WorkflowParams): Promise<void> {
  const runs = await stand.store.nodeRuns(id);
  expect(runs.map(({ node }) => node).toSorted()).toEqual(params.nodes.map(({ node }) => node).toSorted());
  for (const { state } of runs) expect(RUN_MACHINE.terminal).toContain(state);
  const { end } = advance(params, new Map(runs.map(({ node, state }) => [node, state])));
  expect((await stand.run(id)).state).toBe(end);
}

it(
  'random workflows all come to their end, whatever ends how and in which order',
  { timeout: LONG_MS },
  async () => {
    const stand = await createWorkflowStand(database().db);
    const jobs = await addJobs(stand);
    let made = 0;
    await fc.assert(
      fc.asyncProperty(
        workflows({ broken: false }),
        outcomes,
        drawNumbers(100),
        async (drawn, outcomeOf, numbers) => {
          const params = overJobs(drawn, jobs);
          expect(checkWorkflow(params, { jobs: await loadWorkflowJobs(stand, params) })).toEqual([]);
          const id = await stand.start(params, `random-${++made}`);
          await stand.workOff(outcomeOf, numbers);
          await expectEnded(stand, id, params);
        },
      ),
      { numRuns: GRAPHS },
    );
  },
);

it(
  'several workflows over the same jobs at the same time all come to their end',
  { timeout: LONG_MS },
  async () => {
    const stand = await createWorkflowStand(database().db);
    const jobs = await addJobs(stand);
    const drawn = fc.sample(workflows({ broken: false }), { numRuns: 8, seed: 17 });
    const started = await Promise.all(
      drawn.map(async (one, at) => {
        const params = overJobs(one, jobs);
        return { params, id: await stand.start(params, `beside-${at}`) };
      }),
    );
    const ends: readonly RunState[] = ['success', 'success', 'failed', 'success_with_errors'];
    let ended = 0;
    await stand.workOff(
      () => ends[ended++ % ends.length] ?? 'success',
      Array.from({ length: 1000 }, (_, turn) => turn * 7919),
    );
    for (const { params, id } of started) await expectEnded(stand, id, params);
  },
);

it('a workflow of thirty nodes in layers comes to its end', { timeout: LONG_MS }, async () => {
  const stand = await createWorkflowStand(database().db);
  const jobs = await addJobs(stand);
  const params = overJobs({ mode: 'parallel', nodes: layers(), onFailure: 'continue', mostAtATime: 5 }, jobs);
  const id = await stand.start(params);
  await stand.workOff((node) => (node === 'n2_3' ? 'failed' : 'success'));
  await expectEnded(stand, id, params);
  const states = await stand.states(id);
  // each node of a layer waits for all of the one before, so that everything behind the failure is passed over
  expect(Object.values(states).filter((state) => state === 'success').length).toBe(14);
  expect(Object.values(states).filter((state) => state === 'skipped').length).toBe(15);
});

it(
  'a workflow of thirty nodes that wait for each other at random comes to its end',
  { timeout: LONG_MS },
  async () => {
    const stand = await createWorkflowStand(database().db);
    const jobs = await addJobs(stand);
    const [nodes] = fc
      .sample(graphs({ broken: false, mostNodes: MANY_NODES }), { numRuns: 300, seed: 4 })
      .filter((one) => one.length === MANY_NODES);
    const params = overJobs(
      { mode: 'parallel', nodes: nodes ?? [], onFailure: 'stop', mostAtATime: 4 },
      jobs,
    );
    expect(params.nodes.length).toBe(MANY_NODES);
    const id = await stand.start(params);
    await stand.workOff(
      () => 'success',
      Array.from({ length: 500 }, (_, turn) => turn * 31),
    );
    await expectEnded(stand, id, params);
    expect((await stand.run(id)).state).toBe('success');
  },
);

/** Six layers of five nodes. */
function layers(): WorkflowNode[] {
  const name = (layer: number, at: number): string => `n${layer}_${at}`;
  const places = [0, 1, 2, 3, 4];
  return [0, 1, 2, 3, 4, 5].flatMap((layer) =>
    places.map((at) => ({
      node: name(layer, at),
      jobId: layer * places.length + at,
      dependsOn: layer === 0 ? [] : places.map((other) => name(layer - 1, other)),
      condition: 'success' as const,
    })),
  );
}
