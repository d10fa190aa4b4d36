/** Numbers as the web endpoints write them. */

/**
 * The value with exactly so many decimals; half a unit goes away from zero, as in a decimal text.
 * @example fixed(1.005, 2) // '1.01'
 */
export function fixed(value: number, decimals: number): string {
  // A double lies within 1e-12 of the decimal it stands for; a half must not fall below it.
  const nudged = value + Math.sign(value) * Math.abs(value) * 1e-12;
  const text = nudged.toFixed(decimals);
  return Number(text) === 0 ? (0).toFixed(decimals) : text;
}

/** The value rounded to so many decimals, for JSON numbers. */
export function rounded(value: number, decimals: number): number {
  return Number(fixed(value, decimals));
}

/** Lots of 100 shares; odd shares are rounded off, as every upstream that counts in lots does. */
export function lots(shares: number): number {
  return Math.round(shares / 100);
}

/** A part in percent of a whole. */
export function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}
