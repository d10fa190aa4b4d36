import { addDays, Bitmap, cellsOf, foldDays, shanghaiDay, type DatasetId } from '@tapekeeper/core';
import type { AppDeps } from './deps.ts';
import { loadCalendar } from './market.ts';

/** Day rows that wait before a fold is worth its cost. */
const FOLD_AT_DAYS = 400;
/** Calendar days that surely hold the settle days of every data set. */
const OPEN_DAYS = 30;

/** Merges day rows that are closed for good into ranges by symbol, when many have gathered. */
export async function foldClosedDays(deps: AppDeps, dataset: DatasetId): Promise<void> {
  if (cellsOf(dataset)?.scale !== 'trading_days') return;
  const before = addDays(shanghaiDay(deps.marketNow()), -OPEN_DAYS);
  const calendar = await loadCalendar(deps);
  for (const source of deps.sources.keys()) {
    const waiting = await deps.store.recentDayRows(dataset, source, before, FOLD_AT_DAYS);
    if (waiting.length < FOLD_AT_DAYS) continue;
    const folded = await deps.store.foldDays(dataset, source, before, (days, ranges) =>
      foldDays({
        calendar,
        ranges,
        days: days.map(({ day, members }) => ({ day, members: Bitmap.fromBytes(members) })),
      }),
    );
    deps.log.info({ dataset, source, days: folded }, 'covered days folded into ranges');
  }
}
