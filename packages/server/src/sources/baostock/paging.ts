import { AppError } from '@tapekeeper/core';
import type { AskContext } from '../../ports/source.ts';
import type { Tally } from '../rowCollector.ts';
import type { BaostockPart } from './reading.ts';
import { PAGE_ROWS, type BaostockSession } from './session.ts';

/** Far above the longest table that is asked for. */
const MAX_PAGES = 200;

/**
 * Takes all pages of an answer, the next one asked for whenever one is full. A full page without a new
 * row shows a server that sends the same page again: `malformed`.
 */
export async function readBaostockPages(
  session: BaostockSession,
  part: BaostockPart,
  context: AskContext,
  tally: Tally,
): Promise<void> {
  const malformed = (message: string) => new AppError('malformed', { ...session.upstream, message });
  for (let number = 1; number <= MAX_PAGES; number += 1) {
    const { full, fresh } = await session.query(part.query, number, context, tally, ({ page }) => ({
      full: page.records.length >= Math.min(page.pageRows, PAGE_ROWS),
      fresh: part.take(page),
    }));
    if (!full) return;
    if (fresh === 0) throw malformed(`page ${number} brings no new row.`);
  }
  throw malformed(`the answer does not end after ${MAX_PAGES} pages.`);
}
