import { symbolOf, type Symbol } from '@tapekeeper/core';

/** Code ranges with about as many stocks as each of them has. */
const RANGES = [
  { first: 600_000, share: 0.31, suffix: 'SH' },
  { first: 688_000, share: 0.11, suffix: 'SH' },
  { first: 1, share: 0.27, suffix: 'SZ' },
  { first: 300_001, share: 0.255, suffix: 'SZ' },
  { first: 920_001, share: 0.055, suffix: 'BJ' },
] as const;

/** So many symbols, spread over the exchanges and boards as the real ones are, ascending. */
export function generatedSymbols(count: number): readonly Symbol[] {
  const symbols: Symbol[] = [];
  for (const { first, share, suffix } of RANGES) {
    const room = Math.min(Math.round(count * share), count - symbols.length);
    for (let at = 0; at < room; at++)
      symbols.push(symbolOf(`${String(first + at).padStart(6, '0')}.${suffix}`));
  }
  if (symbols.length !== count)
    throw new RangeError(`the shares of the boards make ${symbols.length} of ${count}`);
  return symbols.toSorted();
}
