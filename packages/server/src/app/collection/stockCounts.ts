import { isSyncType, shanghaiDay, type PlainDay, type SyncWish } from '@tapekeeper/core';
import type { LostQuestion, RunLosses } from '../../ports/collectionStore.ts';
import type { RunId } from '../../ports/runStore.ts';
import type { RunView } from '../../ports/viewStore.ts';
import type { AppDeps } from '../deps.ts';
import { progressOf } from '../explain/runProgress.ts';
import { listedCounter, type ListedCounter } from './listedCounter.ts';

/** How far a run is, counted in stocks as the documented tasks do. */
export interface StockCounts {
  /** Stocks that the run is about; 0 while nobody knows. */
  readonly total: number;
  readonly processed: number;
  readonly succeeded: number;
  readonly failed: number;
  /** From 0 to 100. */
  readonly percent: number;
  /** The first of the questions that failed. */
  readonly lost: readonly LostQuestion[];
}

/** Failed questions that are told of one run. */
const MOST_LOST = 200;

const NOTHING_LOST: Omit<RunLosses, 'runId'> = { symbols: 0, marketOutcomes: 0, first: [] };

/**
 * The counts of some runs. A run counts symbol outcomes, of which a stock has one a day where whole markets are asked
 * for: they are brought down to stocks, so that a stock is counted once, and counts move with each market.
 */
export async function countStocks(
  deps: AppDeps,
  runs: readonly RunView[],
): Promise<ReadonlyMap<RunId, StockCounts>> {
  const failing = runs.filter(({ outcomes }) => (outcomes.failed ?? 0) > 0);
  const [losses, listed] = await Promise.all([
    deps.store.lossesOf(
      failing.map(({ id }) => id),
      MOST_LOST,
    ),
    runs.some((run) => isWholeMarket(run)) ? readListings(deps) : noneListed,
  ]);
  const lossOf = new Map(losses.map((loss) => [loss.runId, loss]));
  const today = shanghaiDay(deps.marketNow());
  return new Map(
    runs.map((run) => {
      const total = totalOf(run, listed, today);
      return [run.id, countsOf(run, total, lossOf.get(run.id) ?? NOTHING_LOST)];
    }),
  );
}

const noneListed: ListedCounter = () => 0;

/** The list of stocks as last read from a store: its rows are read again only when it has been collected anew. */
const lastRead = new WeakMap<AppDeps['store'], { version: string; listed: ListedCounter }>();

async function readListings({ store }: AppDeps): Promise<ListedCounter> {
  // asked before the rows are: a change in between makes the list look older than it is, never newer
  const version = JSON.stringify(await store.freshness('stock_basics'));
  const last = lastRead.get(store);
  if (last?.version === version) return last.listed;
  const listed = listedCounter(await store.instruments());
  lastRead.set(store, { version, listed });
  return listed;
}

/** What a sync was asked for; its wish says so until it is settled. */
function wishOf(run: RunView): Pick<SyncWish, 'from' | 'to' | 'symbols'> {
  const { from, to, symbols } = run.params ?? (run.wish as SyncWish);
  return { from, to, symbols: symbols ?? undefined };
}

function isWholeMarket(run: RunView): boolean {
  return isSyncType(run.type) && wishOf(run).symbols === undefined;
}

/** Symbols that are named, else all that were listed within the days, else as many as were counted. */
function totalOf(run: RunView, listed: ListedCounter, today: PlainDay): number {
  const counted = Math.max(run.symbolsTotal, doneOf(run));
  if (!isSyncType(run.type)) return counted;
  const { from: first = today, to: last = today, symbols } = wishOf(run);
  if (symbols !== undefined) return symbols.length;
  const listedThen = listed(first, last);
  return listedThen > 0 ? listedThen : counted;
}

function doneOf({ outcomes }: RunView): number {
  return Object.values(outcomes).reduce((sum, count) => sum + count, 0);
}

/** Outcomes that the first round is to have; later rounds ask others for what is left of these. */
function askedAtFirst({ stages: { shards }, symbolsTotal }: RunView): number {
  const inOrder = shards.toSorted((one, other) => one.no - other.no);
  const laterPlan = inOrder.filter(({ kind }) => kind === 'plan')[1]?.no ?? Infinity;
  const first = inOrder.filter(({ kind, no }) => kind === 'fetch' && no < laterPlan);
  return first.length === 0 ? symbolsTotal : first.reduce((sum, shard) => sum + shard.symbolsTotal, 0);
}

function countsOf(
  run: RunView,
  total: number,
  { symbols, marketOutcomes, first: lost }: Omit<RunLosses, 'runId'>,
): StockCounts {
  const endedWell = run.state === 'success' || run.state === 'success_with_errors';
  // what fell back is asked for once more, and counted then
  const done = doneOf(run) - (run.outcomes.fell_back ?? 0);
  const outcomes = Math.max(askedAtFirst(run), done);
  const share = outcomes === 0 ? 0 : total / outcomes;
  const failed = Math.min(total, symbols + Math.ceil(marketOutcomes * share));
  const processed = endedWell ? total : Math.max(failed, Math.min(total, Math.floor(done * share)));
  const part = total > 0 ? processed / total : progressOf(run).fraction;
  const percent = endedWell ? 100 : Math.floor(part * 100);
  return { total, processed, succeeded: processed - failed, failed, percent, lost };
}
