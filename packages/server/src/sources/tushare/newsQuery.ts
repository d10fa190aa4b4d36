import { shanghaiDay, type PlainDay } from '@tapekeeper/core';
import type { TusharePage } from './envelope.ts';
import type { TushareQuery } from './query.ts';
import { completeNews, news } from './streamApis.ts';
import { readWallTime, wallTime } from './wallTime.ts';

/** What one publisher brought over some days, read backwards in time. */
export function newsQuery(
  publisher: string,
  { from, to }: { readonly from: PlainDay; readonly to: PlainDay },
): TushareQuery {
  const end = `${to} 23:59:59`;
  return {
    api: news,
    params: { src: publisher, start_date: `${from} 00:00:00`, end_date: end },
    asked(row) {
      const day = shanghaiDay(Number(row.published_at));
      return day >= from && day <= to;
    },
    complete: completeNews(publisher),
    turn: (page) => ({ end_date: endBefore(page) ?? end }),
  };
}

/**
 * News come newest first. The next page ends a second after the oldest one of this page, so that none of
 * that second is lost, whether the end counts in or not.
 */
function endBefore(page: TusharePage): string | undefined {
  const at = page.fields.indexOf('datetime');
  const times = page.items.map((item) => readWallTime(item[at])).filter((time) => typeof time === 'number');
  if (times.length === 0) return undefined;
  const oldest = times.reduce((one, other) => Math.min(one, other));
  return wallTime(oldest + 1000);
}
