/** Most that is added to a pause, as a share of it. */
const JITTER = 0.5;

/**
 * The pause before another try: it doubles, and a part of it is left to chance, so that workers that
 * failed together do not come back together. The chance is a hash of the key: the same try always waits
 * as long.
 * @example backoffMs(1000, 2, 'run 7, item 3') // 2000 to 3000
 */
export function backoffMs(firstMs: number, attempt: number, key: string): number {
  return Math.round(firstMs * 2 ** (attempt - 1) * (1 + JITTER * chanceOf(`${key}, ${attempt}`)));
}

/** A number in [0, 1) that depends on the text alone (FNV-1a, its bits mixed once more). */
function chanceOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
