import { COLLECTED_IDS, type RunState } from '@tapekeeper/core';
import type { AppDeps } from '../../../../app/deps.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { durationOf, errorOf } from '../executions/executionResult.ts';
import { readTime } from '../executions/readTimes.ts';
import { stampsOf, wallTimeOrNull } from '../times.ts';
import type { DataLog, DataLogWish } from './dataSchema.ts';

/** How a run of a data set went, in the words of the log; what is still open is in no log. */
const RESULTS: Readonly<Partial<Record<RunState, string>>> = {
  success: 'success',
  success_with_errors: 'partial_success',
  failed: 'failed',
  cancelled: 'failed',
};
export const LOGGED_STATES = Object.keys(RESULTS) as readonly RunState[];

/** All of it is collecting: rows are upserted, and never deleted. */
const OPERATION_TYPE = 'sync';
const USUAL_LIMIT = 100;

/** Runs of data sets as lines of a log of what was done to tables, and how many there are. */
export async function listDataLogs(
  { store }: Pick<AppDeps, 'store'>,
  wish: DataLogWish,
): Promise<{ readonly items: DataLog[]; readonly total: number }> {
  const { table_name: table, operation_type: type, operation_result: result } = wish;
  const { runs, total } = await store.datasetRunPage({
    datasets: type == null || type === '' || type === OPERATION_TYPE ? datasetsNamed(table) : [],
    states: LOGGED_STATES.filter((state) => result == null || result === '' || RESULTS[state] === result),
    from: readTime('start_date', wish.start_date, 'begins'),
    until: readTime('end_date', wish.end_date, 'ends'),
    skip: wish.skip ?? 0,
    limit: wish.limit ?? USUAL_LIMIT,
    oldestFirst: wish.order?.toLowerCase() === 'asc',
  });
  return { items: runs.map(presentDataLog), total };
}

/** Data sets with that in their name. */
export function datasetsNamed(part: string | null | undefined): typeof COLLECTED_IDS {
  const sought = part?.trim().toLowerCase() ?? '';
  return COLLECTED_IDS.filter((dataset) => dataset.includes(sought));
}

export function presentDataLog(run: RunView): DataLog {
  const {
    created_at: _,
    updated_at: __,
    ...stamps
  } = stampsOf(
    { by: run.requestedBy, at: run.createdAt },
    { by: run.requestedBy, at: run.finishedAt ?? run.createdAt },
  );
  return {
    id: run.id,
    data_source: run.servedBy.length === 0 ? null : run.servedBy.map(({ source }) => source).join(','),
    api_interface: null,
    api_data_count: run.rowsWritten + run.rowsUnchanged,
    table_name: run.dataset,
    operation_type: OPERATION_TYPE,
    insert_count: run.rowsWritten,
    update_count: 0,
    delete_count: 0,
    operation_result: RESULTS[run.state] ?? run.state,
    error_message: errorOf(run),
    start_time: wallTimeOrNull(run.startedAt),
    end_time: wallTimeOrNull(run.finishedAt),
    duration_seconds: durationOf(run),
    ...stamps,
  };
}
