import { DocumentedRefusal } from '../refusal.ts';

/** Lines that a page number may leave out: all of them are read to find what comes behind. */
const MOST_SKIPPED = 100_000;

/** Refuses pages that are too far back. */
export function requireShallow(page: number, size: number): void {
  if ((page - 1) * size > MOST_SKIPPED)
    throw new DocumentedRefusal('bad_request', 400, `页码过大：最多跳过 ${MOST_SKIPPED} 条，请缩小查询范围`);
}
