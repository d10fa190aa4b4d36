import type { DatasetId, Instant, OperationResult } from '@tapekeeper/core';
import type { z } from 'zod';
import type { AppDeps } from '../../../../app/deps.ts';
import { statusOfState, statusOfWord } from '../../../../app/logTables/logWords.ts';
import {
  countOperationLog,
  countOperationsSince,
  operationLog,
  recentOperations,
} from '../../../../app/logTables/operationLog.ts';
import type { PageWish } from '../../../../app/logTables/pageDepth.ts';
import { countRuns, recentRuns, runLog, totalRuns } from '../../../../app/logTables/runLog.ts';
import { countSymbolLog, recentSymbolLines, symbolLog } from '../../../../app/logTables/symbolLog.ts';
import type { LogSpan, LogStatus } from '../../../../ports/logTableStore.ts';
import { countsOf, countsOfOperations, type LogCounts, type LogTotals } from './counts.ts';
import type { Telling } from './errorText.ts';
import { presentCollection, presentLine, presentOperation } from './present.ts';
import type { logRowSchema } from './schemas.ts';

type Row = z.output<typeof logRowSchema>;

export interface LogWish extends LogSpan, PageWish {
  readonly status: string | undefined;
  readonly operationType: string | undefined;
  readonly stockCode: string | undefined;
}

export interface LogPage {
  readonly rows: Row[];
  readonly total: number;
}

/** A log as this system calls it, and how it is read. */
export interface LogTable {
  readonly key: string;
  readonly tableName: string;
  readonly displayName: string;
  /** What more than reading it needs. */
  readonly need?: 'operate';
  query(deps: AppDeps, wish: LogWish, telling: Telling): Promise<LogPage>;
  recent(deps: AppDeps, limit: number, telling: Telling): Promise<Row[]>;
  /** Of lines since an instant. */
  counts(deps: AppDeps, from: Instant | null): Promise<LogCounts>;
  totals(deps: AppDeps, today: Instant): Promise<LogTotals>;
}

const NOTHING: LogPage = { rows: [], total: 0 };

/** Runs about a data set; all of its lines are of one kind of operation. */
function collectionLog(
  names: Pick<LogTable, 'key' | 'tableName' | 'displayName'>,
  dataset: DatasetId,
  kind: string,
): LogTable {
  return {
    ...names,
    async query(deps, { status: word, operationType, ...wish }, telling) {
      const status = statusOf(word);
      if (status === undefined || !kind.includes((operationType ?? '').toLowerCase())) return NOTHING;
      const { runs, total } = await runLog(deps, dataset, { ...wish, status });
      return { rows: runs.map((run) => presentCollection(run, kind, telling)), total };
    },
    recent: async (deps, limit, telling) =>
      (await recentRuns(deps, dataset, limit)).map((run) => presentCollection(run, kind, telling)),
    async counts(deps, from) {
      const counted = await countRuns(deps, dataset, from);
      return countsOf(
        counted.map((one) => ({ ...one, status: statusOfState(one.status) })),
        kind,
      );
    },
    async totals(deps, today) {
      const [total, ofToday, failed] = await Promise.all([
        totalRuns(deps, dataset, null),
        totalRuns(deps, dataset, today),
        totalRuns(deps, dataset, null, 'failed'),
      ]);
      return { total, today: ofToday, failed };
    },
  };
}

const WATCHLIST_LOG: LogTable = {
  key: 'watchlist_history',
  tableName: 'watchlist_history_collection_logs',
  displayName: '自选股历史采集日志',
  async query(deps, { status: word, stockCode, ...wish }, telling) {
    const status = statusOf(word);
    if (status === undefined) return NOTHING;
    const { lines, total } = await symbolLog(deps, { ...wish, status, symbol: stockCode ?? null });
    return { rows: lines.map((line) => presentLine(line, telling)), total };
  },
  recent: async (deps, limit, telling) =>
    (await recentSymbolLines(deps, limit)).map((line) => presentLine(line, telling)),
  counts: async (deps, from) => countsOf((await countSymbolLog(deps, from)).counts, null),
  async totals(deps, today) {
    const [{ total, counts }, ofToday] = await Promise.all([
      countSymbolLog(deps, null),
      countSymbolLog(deps, today),
    ]);
    const failed = counts.filter(({ status }) => status === 'failed');
    return { total, today: ofToday.total, failed: failed.reduce((sum, { count }) => sum + count, 0) };
  },
};

/** The audit log, which not everybody may read. */
const OPERATION_LOG: LogTable = {
  key: 'operation',
  tableName: 'operation_logs',
  displayName: '系统操作日志',
  need: 'operate',
  async query(deps, { status, operationType, ...wish }) {
    const results = resultsOf(status);
    if (results === undefined) return NOTHING;
    const { operations, total } = await operationLog(deps, {
      ...wish,
      results,
      action: operationType ?? null,
    });
    return { rows: operations.map(presentOperation), total };
  },
  recent: async (deps, limit) => (await recentOperations(deps, limit)).map(presentOperation),
  counts: async (deps, from) => countsOfOperations(await countOperationLog(deps, from)),
  async totals(deps, today) {
    const [total, ofToday, failed] = await Promise.all([
      countOperationsSince(deps, null),
      countOperationsSince(deps, today),
      countOperationsSince(deps, null, ['refused', 'failed']),
    ]);
    return { total, today: ofToday, failed };
  },
};

/** The logs in the order in which the system lists them. */
export const LOG_TABLES: readonly LogTable[] = [
  collectionLog(
    {
      key: 'historical_collect',
      tableName: 'historical_collect_operation_logs',
      displayName: '历史数据采集日志',
    },
    'daily_bars',
    'historical_quote_collect',
  ),
  collectionLog(
    {
      key: 'realtime_collect',
      tableName: 'realtime_collect_operation_logs',
      displayName: '实时数据采集日志',
    },
    'quotes',
    'realtime_quote_collect',
  ),
  OPERATION_LOG,
  WATCHLIST_LOG,
];

/** Null where no status is asked for, undefined for a word that stands for none. */
function statusOf(word: string | undefined): LogStatus | null | undefined {
  return word === undefined ? null : statusOfWord(word);
}

/** The same for the audit log, whose lines are over, well or not, or on their way. */
export function resultsOf(word: string | undefined): readonly OperationResult[] | null | undefined {
  const status = statusOf(word);
  if (status === null || status === undefined) return status;
  const results: Readonly<Record<LogStatus, readonly OperationResult[] | undefined>> = {
    success: ['ok'],
    failed: ['refused', 'failed'],
    pending: ['unknown'],
    running: ['unknown'],
    partial_success: undefined,
  };
  return results[status];
}
