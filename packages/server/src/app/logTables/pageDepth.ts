import { AppError } from '@tapekeeper/core';

/** Lines that a page number may leave out: what lies deeper is found by naming days. */
export const DEEPEST = 100_000;

/** A page by its number, from 1 on. */
export interface PageWish {
  readonly page: number;
  readonly size: number;
}

/**
 * How many lines come before a page. Raises `bad_request` where they are too many to be left out, but for a page that
 * is behind the last one: that is empty, whatever its number.
 */
export function skipOf({ page, size }: PageWish, total: number): number {
  const skip = (page - 1) * size;
  if (skip > DEEPEST && skip < total)
    throw new AppError('bad_request', {
      problem: `a page no deeper than ${DEEPEST} lines can be asked for; name the days to find older lines.`,
      problemZh: `页码过深：最多可翻到第 ${DEEPEST} 条记录，请用 start_date、end_date 缩小范围。`,
    });
  return Math.min(skip, total);
}
