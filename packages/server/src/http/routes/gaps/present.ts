import type { GapsPage } from '@tapekeeper/contract';
import type { GapsReport } from '../../../app/listGaps.ts';

/** One page of symbols, of a reading that asked for one more than the page holds. */
export function presentGaps({ page: found, ...report }: GapsReport, limit: number): GapsPage {
  const page = found.slice(0, limit);
  return {
    ...report,
    gaps: page.map(({ symbol, cells, ranges, rangesLeftOut }) => ({
      symbol,
      cells,
      ranges: ranges.map(({ from, to }) => ({ from, to })),
      rangesLeftOut,
    })),
    next: found.length > limit ? (page.at(-1)?.instrumentId ?? null) : null,
  };
}
