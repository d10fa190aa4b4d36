import type { z } from 'zod';
import type { PageWish } from '../../../../app/logTables/pageDepth.ts';
import type { paginationSchema } from './schemas.ts';

/** Where a page is among all of them, as older clients read it. */
export function pageOf({ page, size }: PageWish, total: number): z.output<typeof paginationSchema> {
  return { page, page_size: size, total_count: total, total_pages: Math.ceil(total / size) };
}
