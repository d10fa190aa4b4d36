import type { AppDeps } from '../app/deps.ts';
import { createHeldShards } from '../app/dispatch/heldShards.ts';
import { loopService, type Service } from '../app/loop.ts';
import { runDispatch } from '../app/runDispatch.ts';
import { createSingleConnections } from '../app/singleConnections.ts';
import type { Engine } from '../ports/engine.ts';
import type { Heart, StartHeart } from '../ports/heart.ts';
import type { WorkerId } from '../ports/runStore.ts';

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
  /** How long the work of a stopped run may take to end before its fences rise; default 30 s. */
  readonly stopGraceMs?: number;
}

const STOP_GRACE_MS = 30_000;

/** How often a worker that holds shards asks whether their runs are to stop or pause. */
const SIGNALS_EVERY_MS = 500;

/** A claim whose answer has not come by then never will. */
const STRAY_AFTER_MS = 20_000;

/** Pause before a worker that was given up tries again to register. */
const REGISTER_PAUSE_MS = 1_000;

/** The worker of a process: registered, beating, working on dispatches, and rescuing those of dead ones. */
export function createWorker(options: WorkerOptions): Service {
  const { deps, engine } = options;
  let workerId: WorkerId | undefined;
  let heart: Heart | undefined;
  let stopping = new AbortController();
  const connections = createSingleConnections(deps, () => workerId);
  const held = createHeldShards();

  const register = (boot: string): Promise<WorkerId> =>
    deps.store.registerWorker({ node: options.node, boot, pid: options.pid });

  const adopt = (id: WorkerId, boot: string): void => {
    workerId = id;
    heart = options.startHeart({
      workerId: id,
      everyMs: options.heartbeatMs,
      stallMs: options.stallMs,
      onLost: () => {
        deps.log.warn({ workerId: id }, 'declared silent by the others, registering anew');
        void registerAnew(id, boot);
      },
    });
  };

  /** Under the lost name nothing can be claimed any more, so it is tried until there is a new one. */
  const registerAnew = async (lost: WorkerId, boot: string): Promise<void> => {
    while (workerId === lost) {
      try {
        const id = await register(boot);
        if (workerId === lost) adopt(id, boot);
        else await deps.store.stopWorker(id);
      } catch (error) {
        deps.log.error({ err: error }, 'could not register anew');
        await deps.clock.sleep(REGISTER_PAUSE_MS, stopping.signal).catch(() => {});
      }
    }
  };

  /** A shard that it holds and does not know of would stay so, since this worker beats and no rescue looks there. */
  const giveStraysBack = async (): Promise<void> => {
    if (workerId === undefined) return;
    for (const stray of await deps.store.strayShards(workerId, held.claims(), STRAY_AFTER_MS)) {
      deps.log.warn({ runId: stray.runId, shardNo: stray.shardNo }, 'held without knowing, given back');
      await deps.store.releaseShard(stray, 0, false);
    }
  };

  const loop = (name: string, everyMs: number, turn: () => Promise<void>): Service =>
    loopService({
      name,
      everyMs,
      clock: deps.clock,
      log: deps.log,
      turn: async () => {
        await turn();
        return false;
      },
    });

  const loops = [
    loop('rescue', options.rescueEveryMs, async () => {
      for (const rescued of await deps.store.rescue(options.silentMs))
        deps.log.warn({ ...rescued }, 'shard rescued');
      await giveStraysBack();
      await connections.giveUpWanted();
    }),
    loop('stops', options.rescueEveryMs, async () => {
      for (const enforced of await deps.store.enforceStops(options.stopGraceMs ?? STOP_GRACE_MS))
        deps.log.warn({ ...enforced }, 'run told to end, or ended by force');
    }),
    loop('turns', options.rescueEveryMs, async () => {
      await deps.store.giveTurns();
    }),
    loop('signals', SIGNALS_EVERY_MS, async () => {
      const claims = held.claims();
      if (workerId !== undefined && claims.length > 0)
        held.tell(await deps.store.signalsFor(workerId, claims));
    }),
  ];

  const start = async (): Promise<void> => {
    if (workerId !== undefined) return;
    stopping = new AbortController();
    const boot = options.newBoot();
    await deps.store.settlePredecessors(options.node, boot);
    adopt(await register(boot), boot);
    await engine.start(async (dispatch, signal) => {
      if (workerId !== undefined)
        await runDispatch(deps, { id: workerId, connections, held }, dispatch, signal);
    });
    for (const each of loops) await each.start();
  };

  const stop = async (): Promise<void> => {
    if (workerId === undefined) return;
    stopping.abort();
    await engine.stop();
    await Promise.all(loops.map((each) => each.stop()));
    for (const source of deps.sources.values()) await source.close();
    const former = workerId;
    workerId = undefined;
    await heart?.stop();
    heart = undefined;
    await deps.store.stopWorker(former);
  };

  // one after the other, so that a stop never meets a start half-way
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => (last = last.catch(() => {}).then(work));
  return { start: () => inTurn(start), stop: () => inTurn(stop) };
}
