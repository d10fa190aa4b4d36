import { AppError } from '@tapekeeper/core';
import type { TusharePage } from './envelope.ts';
import type { Upstream } from '../watch.ts';

/** Pages of one answer; far above a market's day or a stock's history. */
const MAX_PAGES = 200;

export interface PageReader {
  /** Asks for the rows from `offset` on. */
  readonly fetch: (offset: number, limit: number) => Promise<TusharePage>;
  /** Takes a page and says how many of its rows had not come before. */
  readonly take: (page: TusharePage) => number;
}

/**
 * Reads pages until the answer is whole. A full page always asks for another one, since Tushare cuts at
 * its cap without a word, and so does `has_more`, however small the page is. A page larger than asked for
 * comes from a mirror that does not page, and is all there is. A page that brings nothing new while
 * there should be more shows a server that does not move on: `malformed`.
 */
export async function readAllPages(upstream: Upstream, pageRows: number, reader: PageReader): Promise<void> {
  let offset = 0;
  for (let pages = 1; pages <= MAX_PAGES; pages += 1) {
    const page = await reader.fetch(offset, pageRows);
    const fresh = reader.take(page);
    offset += page.items.length;
    if (page.items.length !== pageRows && page.hasMore !== true) return;
    if (fresh === 0)
      throw new AppError('malformed', { ...upstream, message: `page ${pages} brings no new row.` });
  }
  throw new AppError('malformed', {
    ...upstream,
    message: `the answer does not end after ${MAX_PAGES} pages.`,
  });
}
