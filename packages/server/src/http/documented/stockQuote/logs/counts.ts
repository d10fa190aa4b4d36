import type { PlainDay } from '@tapekeeper/core';
import type { z } from 'zod';
import type { OperationLogCounts } from '../../../../app/logTables/operationLog.ts';
import type { LineCount, LogStatus } from '../../../../ports/logTableStore.ts';
import type { dailyCountSchema, statusCountSchema } from './schemas.ts';

export type StatusCount = z.output<typeof statusCountSchema>;
export type DailyCount = z.output<typeof dailyCountSchema>;

/** How many lines a log has and how many of them failed; of today as well. */
export interface LogTotals {
  readonly total: number;
  readonly today: number;
  readonly failed: number;
}

/** How the lines of a log stand, as every log of this system counts them. */
export interface LogCounts {
  readonly statuses: StatusCount[];
  /** Newest day first. */
  readonly days: DailyCount[];
  readonly operations: { readonly operation_type: string; readonly count: number }[];
}

/** Kinds of operations that are told of, the most frequent ones. */
const MOST_KINDS = 10;

/** The counts of a log whose lines have the statuses of collections, and are all of one kind or of none. */
export function countsOf(counted: readonly LineCount<LogStatus>[], kind: string | null): LogCounts {
  const byStatus = new Map<LogStatus, number>();
  const byDay = new Map<PlainDay, DailyCount>();
  for (const { day, status, count } of counted) {
    byStatus.set(status, (byStatus.get(status) ?? 0) + count);
    const before = byDay.get(day) ?? { date: day, total_count: 0, success_count: 0, error_count: 0 };
    byDay.set(day, {
      ...before,
      total_count: before.total_count + count,
      success_count: before.success_count + (status === 'success' ? count : 0),
      error_count: before.error_count + (status === 'failed' ? count : 0),
    });
  }
  const sum = [...byStatus.values()].reduce((all, count) => all + count, 0);
  return {
    statuses: [...byStatus]
      .map(([status, count]) => ({ status, count }))
      .toSorted((one, other) => other.count - one.count),
    days: [...byDay.values()].toSorted((one, other) => (one.date < other.date ? 1 : -1)),
    operations: kind === null || sum === 0 ? [] : [{ operation_type: kind, count: sum }],
  };
}

/** The counts of the audit log. */
export function countsOfOperations({ all, open }: OperationLogCounts): LogCounts {
  const openOn = new Map(open.byDay.map(({ day, count }) => [day, count]));
  const { ok = 0, refused = 0, failed = 0, unknown = 0 } = all.byResult;
  const statuses = [
    { status: '成功', count: ok },
    { status: '失败', count: refused + failed },
    { status: '进行中', count: unknown },
  ];
  return {
    statuses: statuses.filter(({ count }) => count > 0),
    days: all.byDay.map(({ day, count, bad }) => ({
      date: day,
      total_count: count,
      success_count: count - bad - (openOn.get(day) ?? 0),
      error_count: bad,
    })),
    operations: all.byAction
      .slice(0, MOST_KINDS)
      .map(({ action, count }) => ({ operation_type: action, count })),
  };
}
