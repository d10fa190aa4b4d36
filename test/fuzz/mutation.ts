import { below, type Random } from '../chaos/random.ts';

/**
 * How much of what a mutation does can be seen in the answer itself. `seen`: whatever row comes of it must
 * be a true one. `value`: a valid value stands in the place of another, which only another look at the
 * truth can tell. `loss`: rows or values are gone as if the source had none.
 */
export type Sight = 'seen' | 'value' | 'loss';

/** Something that is done to an answer, by the numbers of a seed. */
export interface Mutation<T> {
  readonly name: string;
  readonly sight: Sight;
  /** Undefined where the answer has no place for it. */
  apply(of: T, random: Random): T | undefined;
}

export function pick<T>(random: Random, values: readonly T[]): T {
  const value = values[below(random, values.length)];
  if (value === undefined) throw new RangeError('nothing to pick from');
  return value;
}

/** A mutation that this answer has a place for, and what it makes of it. */
export function mutate<T>(
  of: T,
  mutations: readonly Mutation<T>[],
  random: Random,
): { readonly mutation: Mutation<T>; readonly mutated: T } {
  for (;;) {
    const mutation = pick(random, mutations);
    const mutated = mutation.apply(of, random);
    if (mutated !== undefined) return { mutation, mutated };
  }
}
