import type { SourceId } from '@tapekeeper/core';
import type { WorkerId } from '../ports/runStore.ts';
import type { AppDeps } from './deps.ts';

/**
 * The leases on sources that allow one connection to a whole installation. A worker keeps a lease, and
 * the connection, between its dispatches; it gives both up when another worker wants them and no
 * dispatch of its own is using them.
 */
export interface SingleConnections {
  /**
   * True when the lease is this worker's; every true needs a `leave`. What another worker wants is entered
   * by nobody more.
   */
  enter(source: SourceId): Promise<boolean>;
  leave(source: SourceId): Promise<void>;
  /** Gives up what others want and nobody here uses. */
  giveUpWanted(): Promise<void>;
}

export function createSingleConnections(
  deps: AppDeps,
  worker: () => WorkerId | undefined,
): SingleConnections {
  const users = new Map<SourceId, number>();
  const held = new Set<SourceId>();

  const leaving = new Map<SourceId, Promise<void>>();
  const inUse = (source: SourceId): boolean => (users.get(source) ?? 0) > 0;

  const release = async (source: SourceId): Promise<void> => {
    const id = worker();
    if (id === undefined || !(await deps.store.leaseWanted(source, id)) || inUse(source)) return;
    await deps.sources.get(source)?.close();
    await deps.store.releaseLease(source, id);
    held.delete(source);
  };

  const giveUp = (source: SourceId): Promise<void> => {
    if (inUse(source) || !held.has(source)) return Promise.resolve();
    const going = leaving.get(source) ?? release(source).finally(() => leaving.delete(source));
    leaving.set(source, going);
    return going;
  };

  return {
    async enter(source) {
      // who enters while the connection is being closed would lose it to another worker
      while (leaving.has(source)) await leaving.get(source)?.catch(() => {});
      const id = worker();
      if (id === undefined) return false;
      // one dispatch after the other would never let it go; those at work end, and nobody joins them
      if (inUse(source) && (await deps.store.leaseWanted(source, id))) return false;
      users.set(source, (users.get(source) ?? 0) + 1);
      // noted before the answer, which may be lost on the way
      held.add(source);
      let taken = false;
      try {
        taken = await deps.store.takeLease(source, id);
        return taken;
      } finally {
        if (!taken) users.set(source, (users.get(source) ?? 0) - 1);
      }
    },
    async leave(source) {
      users.set(source, Math.max(0, (users.get(source) ?? 0) - 1));
      await giveUp(source);
    },
    async giveUpWanted() {
      for (const source of held) await giveUp(source);
    },
  };
}
