import { addTo, type Histogram } from '@tapekeeper/core';

/**
 * Histograms as they are kept: a number for each bucket that is not empty, the bucket in its lower nine bits and the
 * count above them. Most stretches have few runs, so that few of three hundred buckets are there.
 */
const BUCKET_BITS = 9;
const BUCKETS = 2 ** BUCKET_BITS;

export function packed(histogram: Histogram): readonly number[] {
  return histogram.flatMap((count, bucket) => (count === 0 ? [] : [count * BUCKETS + bucket]));
}

/**
 * Of the numbers as a text with spaces between them, which is read faster than an array. Of several histograms after
 * each other it is their sum.
 */
export function unpacked(text: string): number[] {
  const histogram: number[] = [];
  for (const word of text.split(' ')) {
    if (word === '') continue;
    const value = Number(word);
    addTo(histogram, value % BUCKETS, Math.floor(value / BUCKETS));
  }
  return histogram;
}
