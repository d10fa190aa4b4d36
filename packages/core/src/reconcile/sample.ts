/** A source of numbers in [0, 1) that gives the same row for the same seed (the mulberry32 step). */
function numbersOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * `size` of the things, each as likely as any other, in the order in which they were given; all of them
 * where there are no more. The same seed takes the same ones, so that a sample can be taken again.
 * @example seededSample(['a', 'b', 'c'], 2, 7).length // 2
 */
export function seededSample<T>(things: readonly T[], size: number, seed: number): readonly T[] {
  if (things.length <= size) return things;
  const next = numbersOf(seed);
  const places = Uint32Array.from(things, (_, place) => place);
  for (let at = 0; at < size; at++) {
    const other = at + Math.floor(next() * (places.length - at));
    const kept = places[at]!;
    places[at] = places[other]!;
    places[other] = kept;
  }
  return Array.from(places.slice(0, size).sort(), (place) => things[place]!);
}
