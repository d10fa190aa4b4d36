import { addDays, shanghaiInstant, type PlainDay } from '@tapekeeper/core';
import type { AppDeps } from '../../../../app/deps.ts';
import type { TakenStatistics } from '../../../../ports/taskStore.ts';
import type { WorkPoint } from '../../../../ports/statisticsStore.ts';
import { readTime } from '../executions/readTimes.ts';
import { stampsOf } from '../times.ts';
import { datasetsNamed } from './dataLogs.ts';
import type { TableStatisticsItem, TableStatisticsWish } from './dataSchema.ts';

/** Who takes the figures: a job does. */
const BY = 'tapekeeper';
const USUAL_LIMIT = 100;

/** The newest figures of each table, with what was written on their day; older figures are not told. */
export async function listTableStatistics(
  deps: Pick<AppDeps, 'store'>,
  wish: TableStatisticsWish,
): Promise<{ readonly items: TableStatisticsItem[]; readonly total: number }> {
  const names = datasetsNamed(wish.table_name);
  const from = readTime('start_date', wish.stat_date ?? wish.start_date, 'begins');
  const until = readTime('end_date', wish.stat_date ?? wish.end_date, 'ends');
  const all = (await latestTables(deps)).filter(({ table_name: table, stat_date: day }) => {
    const at = shanghaiInstant(day as PlainDay, 0);
    const isNamed = names.some((name) => name === table);
    return isNamed && (from === null || at >= from) && (until === null || at < until);
  });
  const sign = wish.order?.toLowerCase() === 'asc' ? 1 : -1;
  const items = all.toSorted(
    (one, other) =>
      sign * one.stat_date.localeCompare(other.stat_date) || one.table_name.localeCompare(other.table_name),
  );
  const skip = wish.skip ?? 0;
  return { items: items.slice(skip, skip + (wish.limit ?? USUAL_LIMIT)), total: items.length };
}

/** Figures of each table that has any. */
export async function latestTables({ store }: Pick<AppDeps, 'store'>): Promise<TableStatisticsItem[]> {
  const taken = await store.latestStatistics();
  const days = [...new Set(taken.map(({ takenOn }) => takenOn))];
  const work = await Promise.all(
    days.map((day) => {
      const span = {
        grain: 'day' as const,
        from: shanghaiInstant(day, 0),
        to: shanghaiInstant(addDays(day, 1), 0),
      };
      return store.workOf('dataset', span);
    }),
  );
  return taken.map((one) =>
    presentTable(
      one,
      work[days.indexOf(one.takenOn)]?.find(({ subject }) => subject === one.dataset),
    ),
  );
}

function presentTable(
  { dataset, takenOn, takenAt, rows }: TakenStatistics,
  work: WorkPoint | undefined,
): TableStatisticsItem {
  const by = { by: BY, at: takenAt };
  const { created_at: _, updated_at: __, ...stamps } = stampsOf(by, by);
  const written = work?.rowsWritten ?? 0;
  return {
    stat_date: takenOn,
    table_name: dataset,
    is_split_table: false,
    split_count: 0,
    total_records: rows,
    daily_records: written + (work?.rowsUnchanged ?? 0),
    daily_insert_count: written,
    daily_update_count: 0,
    ...stamps,
  };
}
