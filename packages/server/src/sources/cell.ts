/**
 * Strict reading of single cells. Each reader gives the canonical value, `null` for an empty cell, and
 * `undefined` for one that cannot be read, so that a bad cell costs a row and never becomes a NaN.
 */

import { parseDay, type PlainDay } from '@tapekeeper/core';

export type CellValue = string | number | boolean | null;

/** `undefined` says: not readable. */
export type CellReader = (cell: unknown) => CellValue | undefined;

const DECIMAL = /^-?\d{1,18}(?:\.\d{1,18})?$/;

/** A JSON number or a plain decimal text; letters, exponents in text, infinities and blanks inside are refused. */
export function readNumber(cell: unknown): number | null | undefined {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : undefined;
  if (cell === null || cell === '') return null;
  return typeof cell === 'string' && DECIMAL.test(cell) ? Number(cell) : undefined;
}

/** A whole number that a double holds exactly. */
export function readInteger(cell: unknown): number | null | undefined {
  const value = readNumber(cell);
  return typeof value === 'number' && !Number.isSafeInteger(value) ? undefined : value;
}

/** Text as the source writes it; what PostgreSQL cannot keep (NUL, half a surrogate pair) is not readable. */
export function readText(cell: unknown): string | null | undefined {
  if (cell === null || cell === '') return null;
  return typeof cell === 'string' && cell.isWellFormed() && !cell.includes('\0') ? cell : undefined;
}

/** A day in either spelling. */
export function readDay(cell: unknown): PlainDay | null | undefined {
  if (cell === null || cell === '') return null;
  return typeof cell === 'string' ? parseDay(cell) : undefined;
}

/** A reader that keeps the last cell it read: the rows of a market's day all hold the same one. */
export function rememberingLast(read: CellReader): CellReader {
  let lastCell: unknown;
  let lastValue = read(lastCell);
  return (cell) => {
    if (cell !== lastCell) {
      lastValue = read(cell);
      lastCell = cell;
    }
    return lastValue;
  };
}

/** `0` and `1`, as number or text. */
export function readFlag(cell: unknown): boolean | null | undefined {
  if (cell === null || cell === '') return null;
  if (cell === 1 || cell === '1') return true;
  return cell === 0 || cell === '0' ? false : undefined;
}

/**
 * Numbers in a larger unit, brought to the canonical one and rounded to `decimals`. For a decimal of at
 * most 15 digits the result is the double nearest to the exact product: the product is off by less than
 * half of the last decimal, so that rounding removes the error.
 * @example scaledBy(1000, 3)(460697.377) // 460697377, where 460697.377 * 1000 may not be whole
 */
export function scaledBy(factor: number, decimals: number): (cell: unknown) => number | null | undefined {
  const grain = 10 ** decimals;
  const multiplier = factor * grain;
  return (cell) => {
    const value = readNumber(cell);
    if (typeof value !== 'number') return value;
    const grains = Math.round(value * multiplier);
    // `+ 0` turns the negative zero of a rounded small number into zero.
    return Number.isSafeInteger(grains) ? grains / grain + 0 : undefined;
  };
}
