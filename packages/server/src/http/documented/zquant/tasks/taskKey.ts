const LONGEST_SLUG = 40;

/**
 * A key for a task that has only a name: what of the name can be in a key, and a sum of the whole name. Tasks have
 * different names, so that two of them that are made at once get different keys, and the same name the same one.
 * @example taskKeyOf('Sync all bars', 1) // 'sync_all_bars_1f0c2a9b'
 */
export function taskKeyOf(name: string, no: number): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, LONGEST_SLUG);
  return `${slug === '' ? 'task' : slug}_${sumOf(name)}${no === 1 ? '' : `_${no}`}`;
}

/** FNV-1a in 32 bits, in hexadecimal. */
function sumOf(text: string): string {
  let sum = 0x811c9dc5;
  for (let place = 0; place < text.length; place++) sum = Math.imul(sum ^ text.charCodeAt(place), 0x01000193);
  return (sum >>> 0).toString(16).padStart(8, '0');
}
