/** Median and range of repeated measurements. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('nothing was measured');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >>> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, least: sorted[0]!, most: sorted.at(-1)! };
}

/** As `0.31 (0.28 to 0.35)`, with the digits that `format` gives. */
export function spreadText(values: readonly number[], format: (value: number) => string): string {
  const { median, least, most } = spreadOf(values);
  return `${format(median)} (${format(least)} to ${format(most)})`;
}

/** As `34,567`. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** As `0.314`. */
export function decimals(digits: number): (value: number) => string {
  return (value) => value.toFixed(digits);
}

/** The value that this share of them does not exceed: `quantile(values, 0.9)`. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('nothing was measured');
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)]!;
}
