import type { Instant } from '../day.ts';

/**
 * Milliseconds from 0 to `jitterSeconds` by which a moment is due later. They are a hash of key and moment:
 * the same on each node and at each try, spread over the jobs of one moment and the moments of one job.
 * @example jitterOf('daily bars', Date.parse('2026-11-23T07:30:00Z'), 60)
 */
export function jitterOf(key: string, scheduledFor: Instant, jitterSeconds: number): number {
  return jitterSeconds === 0 ? 0 : hashOf(`${key}\n${scheduledFor}`) % (jitterSeconds * 1000 + 1);
}

/** 53 bits of a text: two FNV-1a sums from different starts, their bits stirred as MurmurHash ends. */
function hashOf(text: string): number {
  let [low, high] = [0x811c9dc5, 0x2f0b4c47];
  for (let place = 0; place < text.length; place++) {
    const letter = text.charCodeAt(place);
    low = Math.imul(low ^ letter, 0x01000193);
    high = Math.imul(high ^ letter, 0x01000193);
  }
  return (stirred(high ^ low) & 0x1fffff) * 2 ** 32 + stirred(low);
}

function stirred(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
