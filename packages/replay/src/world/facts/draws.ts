import { type Random, seededRandom } from '../../random.ts';

/**
 * Numbers that belong to one thing (a stock, a day, a report) and to nothing else, so that facts come
 * out the same in whatever order they are asked for.
 */
export function drawsOf(seed: number, ...parts: readonly (string | number)[]): Random {
  return seededRandom(hashOf(`${seed}|${parts.join('|')}`));
}

/** A whole number from 0 up to, not including, `count`. */
export function wholeOf(draw: Random, count: number): number {
  return Math.floor(draw() * count);
}

/** One of the values; they must not be empty. */
export function oneOf<T>(draw: Random, values: readonly T[]): T {
  return values[wholeOf(draw, values.length)]!;
}

/** A value between two others. */
export function between(draw: Random, low: number, high: number): number {
  return low + (high - low) * draw();
}

/** FNV-1a over the UTF-16 code units, with the bits mixed once more. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
