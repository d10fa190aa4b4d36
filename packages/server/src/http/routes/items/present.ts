import type { RunItems } from '@tapekeeper/contract';
import { isoInstant } from '@tapekeeper/core';
import type { RunItemView } from '../../../ports/viewStore.ts';

/** One page of items, of a reading that asked for one more than the page holds. */
export function presentItems(found: readonly RunItemView[], limit: number): RunItems {
  const page = found.slice(0, limit);
  return {
    items: page.map(({ finishedAt, counts, ...item }) => ({
      ...item,
      counts: counts === null ? null : { ...counts },
      finishedAt: finishedAt === null ? null : isoInstant(finishedAt),
    })),
    next: found.length > limit ? (page.at(-1)?.no ?? null) : null,
  };
}
