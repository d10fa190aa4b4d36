import type { AppDeps } from '../app/deps.ts';
import { runDispatch } from '../app/runDispatch.ts';
import { createSingleConnections } from '../app/singleConnections.ts';
import type { Engine } from '../ports/engine.ts';
import type { Heart, StartHeart } from '../ports/heart.ts';
import type { WorkerId } from '../ports/runStore.ts';
import { loopService, type Service } from './loop.ts';

export interface WorkerOptions {
  readonly deps: AppDeps;
  readonly engine: Engine;
  readonly startHeart: StartHeart;
  /** Names the installation directory on this machine: a new boot settles what the last one held. */
  readonly node: string;
  readonly pid: number;
  /** A new name for each start of the worker. */
  readonly newBoot: () => string;
  readonly heartbeatMs: number;
  readonly silentMs: number;
  readonly stallMs: number;
  readonly rescueEveryMs: number;
  readonly publishEveryMs: number;
}

const EVENTS_A_TURN = 500;

/** The worker of a process: registered, beating, working on dispatches, and rescuing those of dead ones. */
export function createWorker(options: WorkerOptions): Service {
  const { deps, engine } = options;
  let workerId: WorkerId | undefined;
  let heart: Heart | undefined;
  const connections = createSingleConnections(deps, () => workerId);

  const register = async (boot: string): Promise<void> => {
    const id = await deps.store.registerWorker({ node: options.node, boot, pid: options.pid });
    workerId = id;
    heart = options.startHeart({
      workerId: id,
      everyMs: options.heartbeatMs,
      stallMs: options.stallMs,
      onLost: () => {
        deps.log.warn({ workerId: id }, 'declared silent by the others, registering anew');
        register(boot).catch((error: unknown) => deps.log.error({ err: error }, 'could not register anew'));
      },
    });
  };

  const rescueLoop = loopService({
    name: 'rescue',
    everyMs: options.rescueEveryMs,
    clock: deps.clock,
    log: deps.log,
    turn: async () => {
      for (const rescued of await deps.store.rescue(options.silentMs)) deps.log.warn({ ...rescued }, 'shard rescued');
      await connections.giveUpWanted();
      return false;
    },
  });

  const publishLoop = loopService({
    name: 'publish',
    everyMs: options.publishEveryMs,
    clock: deps.clock,
    log: deps.log,
    turn: async () => (await deps.store.publishEvents(EVENTS_A_TURN)) === EVENTS_A_TURN,
  });

  return {
    async start() {
      if (workerId !== undefined) return;
      const boot = options.newBoot();
      await deps.store.settlePredecessors(options.node, boot);
      await register(boot);
      await engine.start(async (dispatch, signal) => {
        if (workerId !== undefined) await runDispatch(deps, { id: workerId, connections }, dispatch, signal);
      });
      await rescueLoop.start();
      await publishLoop.start();
    },
    async stop() {
      if (workerId === undefined) return;
      await engine.stop();
      await rescueLoop.stop();
      await publishLoop.stop();
      for (const source of deps.sources.values()) await source.close();
      await heart?.stop();
      await deps.store.stopWorker(workerId);
      workerId = undefined;
      heart = undefined;
    },
  };
}
