import { AppError } from '@tapekeeper/core';
import type { RunSignal } from '../../ports/runControlStore.ts';
import type { ShardClaim } from '../../ports/runStore.ts';

/** A shard in this worker's hands, and what it has been told about it. */
export interface Hold {
  /** Aborts when the worker stops, or when the run is to stop or pause, or the shard is lost. */
  readonly signal: AbortSignal;
  /** What was told first; undefined while the work is to go on. */
  told(): RunSignal['what'] | undefined;
  letGo(): void;
}

/** The shards that the dispatches of a worker hold now. */
export interface HeldShards {
  hold(claim: ShardClaim, stopping: AbortSignal): Hold;
  claims(): readonly ShardClaim[];
  /** Ends the work on the shards that the signals are about. */
  tell(signals: readonly RunSignal[]): void;
}

interface Held {
  readonly claim: ShardClaim;
  readonly abort: AbortController;
  told: RunSignal['what'] | undefined;
}

export function createHeldShards(): HeldShards {
  const held = new Set<Held>();
  return {
    hold(claim, stopping) {
      const one: Held = { claim, abort: new AbortController(), told: undefined };
      held.add(one);
      return {
        signal: AbortSignal.any([stopping, one.abort.signal]),
        told: () => one.told,
        letGo: () => void held.delete(one),
      };
    },
    claims: () => [...held].map(({ claim }) => claim),
    tell(signals) {
      for (const { runId, shardNo, fence, what } of signals) {
        for (const one of held) {
          const { claim } = one;
          // a signal of a former claim says nothing of the one that followed it
          if (claim.runId !== runId || claim.shardNo !== shardNo || claim.fence !== fence) continue;
          if (one.told !== undefined) continue;
          one.told = what;
          one.abort.abort(new AppError('interrupted'));
        }
      }
    },
  };
}
