import type { RunState, WorkflowParams } from '@tapekeeper/core';
import { runDispatch } from '../../packages/server/src/app/runDispatch.ts';
import { createSingleConnections } from '../../packages/server/src/app/singleConnections.ts';
import type { Dispatch } from '../../packages/server/src/ports/engine.ts';
import type { NodeRun, TaskEnd } from '../../packages/server/src/ports/runControlStore.ts';
import type { RunId } from '../../packages/server/src/ports/runStore.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';
import type { RunView } from '../../packages/server/src/ports/viewStore.ts';
import type { Database } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { createAppStand, type AppStand } from '../support/appStand.ts';
import { takeDispatch } from '../support/queue.ts';
import { addJob, endOf, startJob, workflowJob } from './jobs.ts';

/** How the run of a node ends; `left` leaves it open in its worker's hands, `unclaimed` loses its dispatch on the way. */
export type NodeEnd = RunState | 'left' | 'unclaimed';

export interface WorkflowStand {
  readonly app: AppStand;
  /** The store that nothing is put before. */
  readonly store: Store;
  /**
   * Works dispatches off until none is left: those of workflows as a worker does, those of other runs by
   * ending them as told. They are taken in the order that the numbers pick, else the oldest first.
   */
  workOff(endOfNode: (node: string) => NodeEnd, numbers?: readonly number[]): Promise<void>;
  /** Saves a workflow and starts it by hand. */
  start(params: WorkflowParams, key?: string): Promise<RunId>;
  run(id: RunId): Promise<RunView>;
  /** The nodes of a run with their states, by name. */
  states(id: RunId): Promise<Readonly<Record<string, RunState>>>;
  node(id: RunId, name: string): Promise<NodeRun>;
}

/** Workflows over a database, whose nodes' work is done by nobody but ends as the test says. */
export async function createWorkflowStand(
  db: Database,
  behind?: (store: Store) => Store,
): Promise<WorkflowStand> {
  const app = await createAppStand(db, { sources: [], ...(behind === undefined ? {} : { store: behind }) });
  const store = createStore(db);
  const connections = createSingleConnections(app.deps, () => app.workerId);

  const endNode = async (dispatch: Dispatch, node: string, end: NodeEnd): Promise<void> => {
    if (end === 'unclaimed') return;
    const taken = await store.claimShard({ ...dispatch, workerId: app.workerId });
    if (taken === undefined || end === 'left') return;
    if (end === 'cancelled') {
      const wish = { end, code: 'cancelled', reason: '', by: 'test' } as const;
      await store.stopRun(dispatch.runId, wish, true);
      return;
    }
    await store.endTask(taken.claim, { ...endOf(end as TaskEnd['state']), result: { node } });
  };

  const stand: WorkflowStand = {
    app,
    store,
    async workOff(endOfNode, numbers = []) {
      const signal = new AbortController().signal;
      const taken: Dispatch[] = [];
      for (let turn = 0; ; turn++) {
        for (;;) {
          const dispatch = await takeDispatch(db);
          if (dispatch === undefined) break;
          taken.push(dispatch);
        }
        const [next] = taken.splice((numbers[turn] ?? 0) % Math.max(1, taken.length), 1);
        if (next === undefined) return;
        const { type, node } = await stand.run(next.runId);
        if (type === 'workflow') await runDispatch(app.deps, { id: app.workerId, connections }, next, signal);
        else await endNode(next, node ?? '', endOfNode(node ?? ''));
      }
    },
    async start(params, key = 'whole') {
      return startJob(store, await addJob(store, key, workflowJob(params)));
    },
    async run(id) {
      const run = await store.run(id);
      if (run === undefined) throw new Error(`there is no run ${id}`);
      return run;
    },
    async states(id) {
      return Object.fromEntries((await store.nodeRuns(id)).map(({ node, state }) => [node, state]));
    },
    async node(id, name) {
      const found = (await store.nodeRuns(id)).find(({ node }) => node === name);
      if (found === undefined) throw new Error(`node ${name} of run ${id} has no run`);
      return found;
    },
  };
  return stand;
}

/** Everything ends well but for what is named. */
export const allWellBut =
  (ends: Readonly<Record<string, NodeEnd>> = {}) =>
  (node: string): NodeEnd =>
    ends[node] ?? 'success';
