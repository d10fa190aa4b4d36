import type { Instant } from '@tapekeeper/core';
import type {
  LineCount,
  LoggedRun,
  LogSpan,
  LogStatus,
  SymbolLine,
  SymbolLinePage,
} from '../../ports/logTableStore.ts';
import type { RunId } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';
import { skipOf, type PageWish } from './pageDepth.ts';

/** The job that collects the history of the watch list. */
export const WATCHLIST_JOB = 'watchlist_history_daily';

/** Runs of the job that are looked at, the newest ones: one a day for 27 years. */
export const MOST_RUNS = 10_000;
/** Lines that a status or a code is looked for in, and that are counted by status: those of the newest runs. */
export const MOST_LINES = 100_000;

type LogDeps = Pick<AppDeps, 'store'>;

export interface SymbolLogWish extends LogSpan, PageWish {
  readonly status: LogStatus | null;
  readonly symbol: string | null;
}

/** What the runs of the watch list did for each symbol, newest run first. Raises `bad_request` for a page too deep. */
export async function symbolLog({ store }: LogDeps, wish: SymbolLogWish): Promise<SymbolLinePage> {
  const { status, symbol, size: limit } = wish;
  const runs = await store.symbolLogRuns(WATCHLIST_JOB, wish, MOST_RUNS);
  if (status === null && symbol === null) {
    const total = linesOf(runs);
    const part = runsOfPage(runs, skipOf(wish, total), limit);
    if (part.runIds.length === 0) return { total, lines: [] };
    const { lines } = await store.symbolLines({ ...part, statuses: null, symbol, limit });
    return { total, lines };
  }
  const statuses = status === null ? null : [status];
  const ask = { runIds: newestRuns(runs, MOST_LINES), statuses, symbol, limit };
  if (ask.runIds.length === 0) return { total: 0, lines: [] };
  // most pages are not deep, and tell the total along with their lines
  const shallow = (wish.page - 1) * limit;
  const found = await store.symbolLines({ ...ask, skip: Math.min(shallow, MOST_LINES) });
  skipOf(wish, found.total);
  return found;
}

/** The newest lines, with nothing counted. */
export async function recentSymbolLines(deps: LogDeps, limit: number): Promise<readonly SymbolLine[]> {
  const runs = await deps.store.symbolLogRuns(WATCHLIST_JOB, { from: null, until: null }, limit);
  const part = runsOfPage(runs, 0, limit);
  if (part.runIds.length === 0) return [];
  return (await deps.store.symbolLines({ ...part, statuses: null, symbol: null, limit })).lines;
}

export interface SymbolLogCounts {
  readonly total: number;
  /** Of the newest lines, by the day on which their runs were made. */
  readonly counts: readonly LineCount<LogStatus>[];
}

/** How many lines there are since an instant, and how they stand. */
export async function countSymbolLog({ store }: LogDeps, from: Instant | null): Promise<SymbolLogCounts> {
  const runs = await store.symbolLogRuns(WATCHLIST_JOB, { from, until: null }, MOST_RUNS);
  return { total: linesOf(runs), counts: await store.symbolLineCounts(newestRuns(runs, MOST_LINES)) };
}

function linesOf(runs: readonly LoggedRun[]): number {
  return runs.reduce((sum, { lines }) => sum + lines, 0);
}

/** The runs that a page has lines of, and how many lines of the first of them come before the page. */
export function runsOfPage(
  runs: readonly LoggedRun[],
  skip: number,
  limit: number,
): { readonly runIds: readonly RunId[]; readonly skip: number } {
  const runIds: RunId[] = [];
  let before = 0;
  let skipped = 0;
  for (const { id, lines } of runs) {
    if (before >= skip + limit) break;
    if (before + lines > skip) runIds.push(id);
    else skipped += lines;
    before += lines;
  }
  return { runIds, skip: skip - skipped };
}

/** The newest runs that have no more lines than that together, and one at least. */
export function newestRuns(runs: readonly LoggedRun[], most: number): readonly RunId[] {
  let lines = 0;
  const found = runs.findIndex((run, at) => (lines += run.lines) > most && at > 0);
  return (found === -1 ? runs : runs.slice(0, found)).map(({ id }) => id);
}
