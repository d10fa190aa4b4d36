import { collect, type CollectDeps } from './collect.ts';
import type { Collection } from './collection.ts';
import { planKills, type KillWishes } from './killPlan.ts';
import { seededRandom } from './random.ts';
import { Tally } from './tally.ts';

export interface ChaosOptions extends Pick<CollectDeps, 'stand' | 'say'> {
  readonly collections: readonly Collection[];
  readonly wishes: KillWishes;
  /** Draws the kills and the symbols that are looked at in between. */
  readonly seed: number;
  /** Rejects when the harness is to end before its time. */
  readonly interrupted?: Promise<never>;
}

/** A run that nobody works on for longer than this breaks the promise. */
export const STRANDED_LIMIT_MS = 30_000;

/** Collects one after the other, each into a fresh database and again from the start, until all kills have happened. */
export async function runChaos(options: ChaosOptions): Promise<Tally> {
  const { stand, collections, wishes, seed, say } = options;
  const interrupted = options.interrupted ?? new Promise<never>(() => {});
  const random = seededRandom(seed);
  const kills = [...planKills(wishes, random)];
  const tally = new Tally();
  const atATime = Math.ceil(kills.length / wishes.collections);
  for (let round = 0; kills.length > 0 || round < collections.length; round += 1) {
    const some = kills.splice(0, atATime);
    await collect(
      { stand, tally, random, say, interrupted },
      collections[round % collections.length] as Collection,
      some,
    );
    kills.unshift(...some);
  }
  const longest = Math.max(tally.stranding.seenMs, tally.stranding.saidMs);
  if (longest > STRANDED_LIMIT_MS)
    tally.violate(`a run was without lease or dispatch for ${Math.round(longest)} ms`);
  if (tally.refetched > tally.inFlight)
    tally.violate('more items were fetched again than had been in flight');
  return tally;
}
