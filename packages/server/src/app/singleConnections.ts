import type { SourceId } from '@tapekeeper/core';
import type { WorkerId } from '../ports/runStore.ts';
import type { AppDeps } from './deps.ts';

/**
 * The leases on sources that allow one connection to a whole installation. A worker keeps a lease, and
 * the connection, between its dispatches; it gives both up when another worker wants them and no
 * dispatch of its own is using them.
 */
export interface SingleConnections {
  /** True when the lease is this worker's; every true needs a `leave`. */
  enter(source: SourceId): Promise<boolean>;
  leave(source: SourceId): Promise<void>;
  /** Gives up what others want and nobody here uses. */
  giveUpWanted(): Promise<void>;
}

export function createSingleConnections(deps: AppDeps, worker: () => WorkerId | undefined): SingleConnections {
  const users = new Map<SourceId, number>();
  const held = new Set<SourceId>();

  const giveUp = async (source: SourceId): Promise<void> => {
    const id = worker();
    if (id === undefined || (users.get(source) ?? 0) > 0 || !held.has(source)) return;
    if (!(await deps.store.leaseWanted(source, id))) return;
    held.delete(source);
    await deps.sources.get(source)?.close();
    await deps.store.releaseLease(source, id);
  };

  return {
    async enter(source) {
      const id = worker();
      if (id === undefined || !(await deps.store.takeLease(source, id))) return false;
      users.set(source, (users.get(source) ?? 0) + 1);
      held.add(source);
      return true;
    },
    async leave(source) {
      users.set(source, Math.max(0, (users.get(source) ?? 0) - 1));
      await giveUp(source);
    },
    async giveUpWanted() {
      for (const source of [...held]) await giveUp(source);
    },
  };
}
