import type { Instant, PlainDay, RunState } from '@tapekeeper/core';
import { z } from 'zod';
import type { AppDeps } from '../../../../app/deps.ts';
import { syncFigures, type SyncFigures } from '../../../../app/runs/syncFigures.ts';
import type { RunView } from '../../../../ports/viewStore.ts';

const SYNC_STATES = ['running', 'success', 'success_with_errors', 'failed'] as const;

/** A sync of the stock list; its counts are of stocks. */
export const syncStatsSchema = z
  .strictObject({
    job: z.literal('stock_basics_multi_source'),
    data_type: z.literal('stock_basics'),
    status: z.enum(SYNC_STATES),
    started_at: z.string().nullable(),
    finished_at: z.string().nullable(),
    total: z.int(),
    inserted: z.int(),
    updated: z.int(),
    errors: z.int(),
    /** `20251024` */
    last_trade_date: z.string().nullable(),
    /** `stock_list:tushare` */
    data_sources_used: z.array(z.string()),
    source_stats: z.record(z.string(), z.strictObject({ total: z.int(), success: z.int() })),
    message: z.string().nullable(),
    // the same by the names of the document
    total_tasks: z.int(),
    completed_tasks: z.int(),
    failed_tasks: z.int(),
  })
  .meta({ id: 'TradingAgentsSyncStats' });

export type SyncStats = z.infer<typeof syncStatsSchema>;

/** States of runs that are shown; a due moment that was missed or skipped is no sync. */
export const SHOWN_STATES: readonly RunState[] = [
  'pending',
  'running',
  'paused',
  'success',
  'success_with_errors',
  'failed',
  'cancelled',
];

/** The run of the list that tells how it is; undefined where none has ever begun. */
export async function newestSync({ store }: Pick<AppDeps, 'store'>): Promise<RunView | undefined> {
  const [newest] = await store.runs({
    states: SHOWN_STATES,
    dataset: 'stock_basics',
    before: null,
    limit: 1,
  });
  return newest;
}

/** A run in the words of the document, with times as its interface writes them. */
export async function syncStatsOf(
  deps: Pick<AppDeps, 'store'>,
  run: RunView,
  timeOf: (instant: Instant) => string,
): Promise<SyncStats> {
  const figures = await syncFigures(deps, run);
  const { total, inserted, updated, errors, sources, lastDay } = figures;
  return {
    job: 'stock_basics_multi_source',
    data_type: 'stock_basics',
    status: wordOf(run.state),
    started_at: timeOf(run.startedAt ?? run.createdAt),
    finished_at: run.finishedAt === null ? null : timeOf(run.finishedAt),
    total,
    inserted,
    updated,
    errors,
    last_trade_date: lastDay === null ? null : compact(lastDay),
    data_sources_used: usedSources(figures),
    source_stats: Object.fromEntries(
      sources.map(({ source, total: all, success }) => [source, { total: all, success }]),
    ),
    message: messageOf(run, figures),
    total_tasks: total,
    completed_tasks: inserted + updated,
    failed_tasks: errors,
  };
}

/** Sources that have given something; one that refused was asked, and of no use. */
export function usedSources({ sources }: Pick<SyncFigures, 'sources'>): string[] {
  return sources.filter(({ success }) => success > 0).map(({ source }) => `stock_list:${source}`);
}

function wordOf(state: RunState): SyncStats['status'] {
  switch (state) {
    case 'success':
    case 'success_with_errors':
      return state;
    case 'failed':
    case 'cancelled':
    case 'missed':
    case 'skipped':
      return 'failed';
    case 'pending':
    case 'running':
    case 'paused':
      return 'running';
  }
}

function messageOf({ state, error, stop }: RunView, { wasFresh }: SyncFigures): string | null {
  if (state === 'cancelled') return `同步已取消（cancelled）${stop === null ? '' : `：${stop.by}`}`;
  if (state === 'failed') return error?.message ?? stop?.reason ?? '同步失败';
  return wasFresh ? '数据仍在有效期内，未重新采集（force=true 可强制采集）' : null;
}

function compact(day: PlainDay): string {
  return day.replaceAll('-', '');
}
