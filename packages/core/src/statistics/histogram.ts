/**
 * How many values lie where, in buckets that grow by a constant factor: small however many values there are,
 * added up by adding buckets, and quantiles read off it are wrong by no more than a stated part.
 */

/** Counts by bucket; buckets behind the last one are empty. */
export type Histogram = readonly number[];

/** A quantile is off by no more than this part of itself. Values below 1 count as 0. */
export const QUANTILE_ERROR = 0.05;

const GROWTH = (1 + QUANTILE_ERROR) / (1 - QUANTILE_ERROR);
const LOG_GROWTH = Math.log(GROWTH);
/** Of milliseconds some three hundred years. */
const LAST_BUCKET = 300;

/**
 * The bucket of a value: 0 holds what is below 1, bucket n what is above GROWTH^(n-2) up to GROWTH^(n-1).
 * @example bucketOf(0.4) // 0
 */
export function bucketOf(value: number): number {
  if (!(value >= 1)) return 0;
  return Math.min(LAST_BUCKET, Math.ceil(Math.log(value) / LOG_GROWTH) + 1);
}

/**
 * The value that stands for a bucket: no value of it is further away than `QUANTILE_ERROR` of itself.
 * @example valueOf(0) // 0
 */
export function valueOf(bucket: number): number {
  return bucket === 0 ? 0 : (2 * GROWTH ** (bucket - 1)) / (GROWTH + 1);
}

/**
 * The histogram of some values.
 * @example histogramOf([0, 1, 1]) // [1, 2]
 */
export function histogramOf(values: readonly number[]): Histogram {
  const counts: number[] = [];
  for (const value of values) addTo(counts, bucketOf(value), 1);
  return counts;
}

/**
 * The histogram of the values of both.
 * @example mergeHistograms([1, 2], [0, 0, 3]) // [1, 2, 3]
 */
export function mergeHistograms(one: Histogram, other: Histogram): Histogram {
  const [long, short] = one.length >= other.length ? [one, other] : [other, one];
  return long.map((count, bucket) => count + (short[bucket] ?? 0));
}

/** Counts so many more values of a bucket; the gap before it is filled with empty ones. */
export function addTo(counts: number[], bucket: number, count: number): void {
  while (counts.length <= bucket) counts.push(0);
  counts[bucket] = (counts[bucket] ?? 0) + count;
}

/**
 * How many values there are.
 * @example countOf([1, 2]) // 3
 */
export function countOf(histogram: Histogram): number {
  return histogram.reduce((sum, count) => sum + count, 0);
}

/**
 * The smallest value that at least this share of all is not above, within `QUANTILE_ERROR`; null without values.
 * @example quantileOf(histogramOf([100, 100, 100]), 0.5) // about 100
 */
export function quantileOf(histogram: Histogram, share: number): number | null {
  const wanted = Math.max(1, Math.ceil(share * countOf(histogram)));
  let seen = 0;
  for (const [bucket, count] of histogram.entries()) {
    seen += count;
    if (seen >= wanted) return valueOf(bucket);
  }
  return null;
}
