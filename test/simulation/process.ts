import { AppError, type Instant, type SourceId } from '@tapekeeper/core';
import type { AppDeps, AppSettings } from '../../packages/server/src/app/deps.ts';
import { createEventPublisher } from '../../packages/server/src/app/eventPublisher.ts';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import { cronWords } from '../../packages/server/src/cron/cronWords.ts';
import type { StartHeart } from '../../packages/server/src/ports/heart.ts';
import type { Log } from '../../packages/server/src/ports/log.ts';
import type { Source } from '../../packages/server/src/ports/source.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';
import { createScheduler } from '../../packages/server/src/scheduler/scheduler.ts';
import { createWorker } from '../../packages/server/src/worker/worker.ts';
import type { Random } from '../chaos/random.ts';
import { createMemoryEngine, type MemoryEngine } from './engine.ts';
import { fateOf, latencyOf, refused, unreachable, type Faults } from './faults.ts';
import type { Actor, Interleaving } from './interleaving.ts';
import type { StoreCalls } from './memory/calls.ts';
import type { Memory } from './memory/memory.ts';
import { createVirtualClock } from './virtualClock.ts';
import { createWorldSource, UPSTREAMS, type SourceOptions } from './world.ts';

/** What is between a process and the store. */
export interface StoreSurroundings {
  readonly interleaving: Interleaving;
  readonly calls: StoreCalls;
  readonly random: Random;
  readonly faults: Faults;
  readonly log: Log;
  /** Told of each call of the store, and gives what is told of its end. */
  readonly onCall: (actor: Actor, name: string, input: readonly unknown[]) => CallWatch | undefined;
}

/** What all processes of a sequence share. */
export interface ProcessSurroundings extends StoreSurroundings {
  readonly memory: Memory;
  readonly start: Instant;
  readonly weather: SourceOptions['weather'];
  readonly settings: AppSettings;
  readonly newBoot: () => string;
}

/** One process of an installation: worker, engine, heart and scheduler over the shared database. */
export interface SimulatedProcess {
  readonly node: string;
  readonly actor: Actor;
  readonly deps: AppDeps;
  /** Milliseconds by which its wall clock is wrong. */
  skewMs: number;
  start(): void;
  /** Leaves in order; resolves when it has gone. */
  stop(): Promise<void>;
  /** At once and without a word; what it has under way is lost, or arrives later. */
  kill(): void;
  /** Nothing of it goes on, its heart neither unless told so. */
  freeze(withHeart: boolean): void;
  thaw(): void;
  poke(): void;
}

const HEARTBEAT_MS = 5_000;
const SILENT_MS = 15_000;
const STALL_MS = 120_000;
const RESCUE_EVERY_MS = 3_000;
const PUBLISH_EVERY_MS = 3_600_000;
const SCHEDULER_SLEEP_MS = 2_000;

export function createProcess(node: string, slot: StoreSlot, around: ProcessSurroundings): SimulatedProcess {
  const { interleaving, memory, random, faults } = around;
  const actor: Actor = { name: node, alive: true, frozen: false };
  const heartActor: Actor = { name: `heart of ${node}`, alive: true, frozen: false };
  let frozenAt: number | undefined;
  slot.call = storeCall(around, actor);
  const clock = createVirtualClock(interleaving, actor, around.start, () => process.skewMs);
  const sources = new Map<SourceId, Source>(
    UPSTREAMS.map((upstream) => [
      upstream.id,
      createWorldSource(upstream, { ...around, actor, now: memory.now }),
    ]),
  );
  const deps: AppDeps = {
    store: slot.store,
    sources,
    secrets: NO_SECRETS,
    notifiers: NO_NOTIFIERS,
    proofs: NO_PROOFS,
    clock,
    marketNow: memory.now,
    freeMegabytes: async () => undefined,
    readCron: cronReader,
    cronWords,
    settings: around.settings,
    tasks: NO_TOOLS,
    log: around.log,
  };
  const engine: MemoryEngine = createMemoryEngine({ interleaving, memory, actor, random, faults, slots: 2 });
  const startHeart = heartOf(around, actor, heartActor, () => frozenAt);
  const worker = createWorker({
    deps,
    engine,
    startHeart,
    node,
    pid: 1,
    newBoot: around.newBoot,
    heartbeatMs: HEARTBEAT_MS,
    silentMs: SILENT_MS,
    stallMs: STALL_MS,
    rescueEveryMs: RESCUE_EVERY_MS,
  });
  const publisher = createEventPublisher(deps, PUBLISH_EVERY_MS);
  const scheduler = createScheduler({
    deps,
    node,
    pid: 1,
    newBoot: around.newBoot,
    maxSleepMs: SCHEDULER_SLEEP_MS,
  });

  /** A process that cannot reach the database at its start is started again by whoever watches it. */
  const begin = async (): Promise<void> => {
    for (;;) {
      try {
        await worker.start();
        await publisher.start();
        await scheduler.start();
        return;
      } catch {
        await clock.sleep(1000);
      }
    }
  };

  const process: SimulatedProcess = {
    node,
    actor,
    deps,
    skewMs: 0,
    start: () => void begin(),
    async stop() {
      await scheduler.stop();
      await worker.stop();
      await publisher.stop();
      process.kill();
    },
    kill() {
      actor.alive = false;
      heartActor.alive = false;
    },
    freeze(withHeart) {
      actor.frozen = true;
      heartActor.frozen = withHeart;
      frozenAt = interleaving.elapsed();
    },
    thaw() {
      actor.frozen = false;
      heartActor.frozen = false;
      frozenAt = undefined;
      engine.poke();
    },
    poke: () => engine.poke(),
  };
  return process;
}

/** Nothing that is simulated has any. */
const NO_SECRETS = {} as AppDeps['secrets'];
const NO_NOTIFIERS = {} as AppDeps['notifiers'];
const NO_PROOFS = {} as AppDeps['proofs'];

const NO_TOOLS: AppDeps['tasks'] = {
  commands: { programs: [], run: () => Promise.reject(new Error('no commands here')) } as never,
  exporter: { export: () => Promise.reject(new Error('no exports here')) } as never,
  exportsKept: 1,
  imports: undefined as never,
  backups: undefined as never,
  backupsKept: 1,
  retention: {} as never,
  mask: (text) => text,
};

/**
 * A store that outlives the sequences, since readers of the calendar are remembered by their store; who
 * answers its calls is set anew for each process.
 */
export interface StoreSlot {
  readonly store: Store;
  call: (name: string, input: readonly unknown[]) => Promise<unknown>;
}

export function createStoreSlot(): StoreSlot {
  const methods = new Map<string, unknown>();
  const store = new Proxy({} as Store, {
    get(_, name) {
      if (typeof name !== 'string' || name === 'then') return undefined;
      const known = methods.get(name);
      if (known !== undefined) return known;
      const method = (...input: unknown[]): Promise<unknown> => slot.call(name, input);
      methods.set(name, method);
      return method;
    },
  });
  const slot: StoreSlot = { store, call: () => Promise.reject(new Error('nobody answers')) };
  return slot;
}

/** What is told of the end of one call of the store. */
export interface CallWatch {
  /** Just before it is done. */
  begins(): void;
  /** Just after. */
  ends(output: unknown): void;
  refused(error: unknown): void;
  /** The process has heard the answer. */
  heard(output: unknown): void;
}

/** Every call takes turns with all others; some go wrong on the way there, or on the way back. */
export function storeCall(around: StoreSurroundings, actor: Actor): StoreSlot['call'] {
  const { interleaving, calls, faults, random } = around;
  return (name, input) => {
    const work = calls[name as keyof StoreCalls] as ((...given: readonly unknown[]) => unknown) | undefined;
    if (work === undefined) {
      around.log.error({ err: new AppError('internal', { message: `no ${name} is simulated` }) }, name);
      return Promise.reject(new Error(`no ${name} is simulated`));
    }
    const drawn = fateOf(faults, random);
    // the answer to a claim may be lost, and the claim repeated; only a repetition that is refused would leave
    // the shard with a worker that knows nothing of it
    const fate = drawn === 'refused' && name === 'claimShard' ? 'before' : drawn;
    const watch = around.onCall(actor, name, input);
    const go = (): unknown => {
      if (fate === 'before') throw unreachable();
      if (fate === 'refused') throw refused();
      watch?.begins();
      const output = watched(watch, () => work(...input));
      if (fate === 'after') throw unreachable();
      return output;
    };
    const answer = interleaving.call(actor, name, go, latencyOf(faults, random));
    if (watch !== undefined)
      answer.then(
        (output) => watch.heard(output),
        () => {},
      );
    return answer;
  };
}

function watched(watch: CallWatch | undefined, work: () => unknown): unknown {
  try {
    const output = work();
    watch?.ends(output);
    return output;
  } catch (error) {
    watch?.refused(error);
    throw error;
  }
}

/** A thread of its own: it beats though the main loop is busy, until that has not moved for too long. */
function heartOf(
  { interleaving, calls }: ProcessSurroundings,
  actor: Actor,
  heart: Actor,
  frozenAt: () => number | undefined,
): StartHeart {
  return ({ workerId, everyMs, stallMs, onLost }) => {
    let stopped = false;
    const turn = (): void => {
      if (stopped) return;
      const since = frozenAt();
      if (since === undefined || interleaving.elapsed() - since < stallMs) {
        if (calls.beat?.(workerId) === false) {
          stopped = true;
          void interleaving.call(actor, 'heart lost', onLost);
          return;
        }
      }
      interleaving.after(heart, 'beat', everyMs, turn);
    };
    interleaving.after(heart, 'beat', everyMs, turn);
    return {
      stop: async () => {
        stopped = true;
      },
    };
  };
}
