import { z } from 'zod';

const YES: readonly string[] = ['true', '1', 'yes', 'on', 't', 'y'];
const NO: readonly string[] = ['false', '0', 'no', 'off', 'f', 'n'];

/** A truth value in every spelling that FastAPI takes in a query, or a JSON one. */
export function flag() {
  return z.preprocess((value) => {
    if (typeof value === 'number') return value === 1 ? true : value === 0 ? false : value;
    if (typeof value !== 'string') return value;
    const word = value.trim().toLowerCase();
    return YES.includes(word) ? true : NO.includes(word) ? false : value;
  }, z.boolean());
}

/** A whole number, also as a text. */
export function whole(min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value),
    z.int().min(min).max(max),
  );
}

/** A text that is not longer than anything of its kind. */
export function text(most = 200) {
  return z.string().max(most);
}
