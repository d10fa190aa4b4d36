/** A source of numbers in [0, 1) that gives the same row of numbers for the same seed. */
export type Random = () => number;

/** Small and fast, with a period of 2^32 (the mulberry32 step): good for scripted faults, not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
