/**
 * A decimal text multiplied by a power of ten by moving its point, then read as a double: no product of
 * doubles is involved, so what it gives is the nearest double to the true value.
 * @example shifted('1158366.45', 2) // 115836645
 */
export function shifted(text: string, places: number): number {
  if (text === '') throw new RangeError('an empty cell has no value');
  const negative = text.startsWith('-');
  const [whole = '', fraction = ''] = (negative ? text.slice(1) : text).split('.');
  const digits = whole + fraction.padEnd(places, '0');
  const at = whole.length + places;
  return Number(`${negative ? '-' : ''}${digits.slice(0, at)}.${digits.slice(at) || '0'}`);
}

/** The value of a cell; empty cells are null. */
export function cellValue(text: string | undefined): number | null {
  return text === undefined || text === '' ? null : Number(text);
}
