import type { Dispatch, DispatchHandler, Engine } from '../../packages/server/src/ports/engine.ts';
import { below, type Random } from '../chaos/random.ts';
import type { Faults } from './faults.ts';
import type { Actor, Interleaving } from './interleaving.ts';
import type { Memory } from './memory/memory.ts';
import type { QueueRow } from './memory/queue.ts';

export interface MemoryEngineOptions {
  readonly interleaving: Interleaving;
  readonly memory: Memory;
  readonly actor: Actor;
  readonly random: Random;
  readonly faults: Faults;
  /** Dispatches at a time. */
  readonly slots: number;
}

export interface MemoryEngine extends Engine {
  /** Looks for work, as an engine that has been notified does. */
  poke(): void;
}

/** Runs due dispatches in any order, each as often as the queue hands it out. */
export function createMemoryEngine(options: MemoryEngineOptions): MemoryEngine {
  const { interleaving, memory, actor, random, faults, slots } = options;
  const { queue } = memory;
  let handler: DispatchHandler | undefined;
  let stopping = new AbortController();
  let busy = 0;
  let wake: (() => void) | undefined;
  const working = new Set<Promise<void>>();

  const take = (): QueueRow | undefined => {
    const due = queue.due(memory.now());
    const first = due.filter(({ isLive }) => isLive);
    const among = first.length > 0 ? first : due;
    const row = among[below(random, among.length)];
    if (row === undefined) return undefined;
    if (random() < faults.dispatchLost) {
      queue.rows.delete(row.id);
      return undefined;
    }
    row.isLocked = !(random() < faults.dispatchTwice);
    return row;
  };

  const finish = (row: QueueRow): void => {
    if (row.isLocked) queue.rows.delete(row.id);
  };

  const work = async (handle: DispatchHandler): Promise<void> => {
    const row = await interleaving.call(actor, 'take dispatch', take);
    if (row !== undefined) {
      // a handler that throws leaves a row that is not tried again: the same as none
      await handle(row.dispatch satisfies Dispatch, stopping.signal).catch(() => {});
      await interleaving.call(actor, 'finish dispatch', () => finish(row));
    }
    busy -= 1;
    poke();
  };

  const poke = (): void => {
    if (handler === undefined || !actor.alive) return;
    const due = queue.due(memory.now()).length;
    for (let started = 0; started < due && busy < slots; started++) {
      busy += 1;
      const job = work(handler);
      working.add(job);
      void job.finally(() => working.delete(job));
    }
    wakeAtNext();
  };

  const wakeAtNext = (): void => {
    wake?.();
    wake = undefined;
    const now = memory.now();
    const next = queue.nextAt(now);
    if (next !== undefined) wake = interleaving.after(actor, 'poll', next - now, poke);
  };

  return {
    poke,
    async start(handle) {
      handler = handle;
      stopping = new AbortController();
      poke();
    },
    async stop() {
      handler = undefined;
      wake?.();
      stopping.abort();
      await Promise.all(working);
    },
  };
}
