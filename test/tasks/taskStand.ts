import { DEFAULT_POLICIES, type JobParams, type RunPolicies, type TaskType } from '@tapekeeper/core';
import { createHeldShards, type HeldShards } from '../../packages/server/src/app/dispatch/heldShards.ts';
import { runDispatch } from '../../packages/server/src/app/runDispatch.ts';
import { createSingleConnections } from '../../packages/server/src/app/singleConnections.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { Dispatch } from '../../packages/server/src/ports/engine.ts';
import type { NewRun, RunId, WorkerId } from '../../packages/server/src/ports/runStore.ts';
import type { RunView } from '../../packages/server/src/ports/viewStore.ts';
import type { Database } from '../../packages/server/src/store/connection.ts';
import { createAppStand, type AppStand, type AppStandOptions } from '../support/appStand.ts';
import { honestSources } from '../support/handSource.ts';
import { addWorker, takeDispatch } from '../support/queue.ts';

/** The use cases with tasks, over two honest sources and the clock of the machine. */
export interface TaskStand extends AppStand {
  /** Asks for a run in one piece. */
  begin<Type extends TaskType>(
    type: Type,
    wish: JobParams[Type],
    policies?: Partial<RunPolicies>,
  ): Promise<RunId>;
  /** Asks for one, works it off and reads it. */
  task<Type extends TaskType>(
    type: Type,
    wish: JobParams[Type],
    policies?: Partial<RunPolicies>,
  ): Promise<RunView>;
  /** Works on the next dispatch of the queue, until it is over or the signal aborts. */
  workOne(signal?: AbortSignal): Promise<Dispatch | undefined>;
  /** The same, by a worker that hears what is told to its runs when `hear` is called. */
  workHearing(): { readonly ended: Promise<unknown>; hear(): Promise<void> };
  /** The states of a run's steps, in their order. */
  stepStates(id: RunId): Promise<readonly string[]>;
  logOf(id: RunId): Promise<readonly string[]>;
}

export async function createTaskStand(
  db: Database,
  options: Partial<AppStandOptions> = {},
): Promise<TaskStand> {
  const stand = await createAppStand(db, {
    sources: Object.values(honestSources()),
    clock: systemClock,
    ...options,
  });
  const { deps } = stand;
  const begin: TaskStand['begin'] = (type, wish, policies = {}) =>
    deps.store.createRun({ ...taskRun(type, wish), policies: { ...DEFAULT_POLICIES, ...policies } });
  const workOne = async (signal: AbortSignal, held?: HeldShards, known?: Promise<WorkerId>) => {
    const dispatch = await takeDispatch(db);
    if (dispatch === undefined) return undefined;
    const id = await (known ?? addWorker(deps.store));
    const connections = createSingleConnections(deps, () => id);
    await runDispatch(deps, { id, connections, ...(held && { held }) }, dispatch, signal);
    return dispatch;
  };
  return {
    ...stand,
    begin,
    async task(type, wish, policies) {
      const id = await begin(type, wish, policies);
      await stand.work();
      return stand.run(id);
    },
    workOne: (signal = new AbortController().signal) => workOne(signal),
    workHearing() {
      const held = createHeldShards();
      const worker = addWorker(deps.store);
      return {
        ended: workOne(new AbortController().signal, held, worker),
        hear: async () => held.tell(await deps.store.signalsFor(await worker, held.claims())),
      };
    },
    stepStates: async (id) => (await deps.store.runSteps(id)).map(({ state }) => state),
    logOf: async (id) => (await deps.store.runLog(id, 0, 1000)).map(({ line }) => line),
  };
}

export function taskRun<Type extends TaskType>(type: Type, wish: JobParams[Type]): NewRun {
  return { type, dataset: null, wish, params: null, cause: 'person', requestedBy: null, parentRunId: null };
}
