import {
  type AppError,
  Bitmap,
  callClassOf,
  DATASETS,
  lastFinalDay,
  lastSettledDay,
  type SourceId,
} from '@tapekeeper/core';
import type { Item, ItemCommit, SyncRun, ShardClaim } from '../ports/runStore.ts';
import { askItem, type Asked } from './askItem.ts';
import { callGate } from './callGate.ts';
import type { AppDeps } from './deps.ts';
import { dropSource } from './dispatch/dropSource.ts';
import { loadMarket } from './market.ts';
import { requireFreeSpace } from './diskGuard.ts';
import { commitPatiently } from './settle/commitPatiently.ts';
import { commitOf, questionItem } from './settle/itemCommit.ts';
import type { ShardWork } from './shardWork.ts';

/** Calls in flight at a time towards a source that takes several. */
const PARALLEL_CALLS = 2;
/** Most items in one batch: what a crash may make a worker fetch again. */
const LARGEST_BATCH = 8;

/** Why the work on a shard ended. */
type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'more' }
  | { readonly kind: 'later' }
  | { readonly kind: 'drop_source'; readonly source: SourceId; readonly error: AppError };

/**
 * Works on a fetch shard until it is done or its time is up. While one batch is being committed the
 * next one is already asked for; a batch is committed whole, under the shard's fence.
 */
export async function executeShard(
  deps: AppDeps,
  claim: ShardClaim,
  run: SyncRun,
  signal: AbortSignal,
): Promise<void> {
  const [market, unsettled] = await Promise.all([
    loadMarket(deps, run.dataset),
    deps.store.unsettledDays(run.dataset),
  ]);
  const { finality } = DATASETS[run.dataset];
  const work: ShardWork = {
    deps,
    claim,
    run,
    market,
    lastFinal: lastFinalDay(market.calendar, finality, deps.marketNow()),
    lastSettled: lastSettledDay(market.calendar, finality, deps.marketNow()),
    unsettled: new Map(unsettled.map(({ day, members }) => [day, Bitmap.fromBytes(members)])),
    signal,
    waiting: [],
  };
  const ending = await workThrough(work);
  if (work.waiting.length > 0) await commitPatiently(work, work.waiting);
  switch (ending.kind) {
    case 'done':
      await deps.store.closeShard(claim);
      return;
    case 'more':
      await deps.store.releaseShard(claim, 0, false);
      return;
    case 'later':
      await deps.store.releaseShard(claim, deps.settings.readyRetryMs, false);
      return;
    case 'drop_source':
      await dropSource(work, ending.source, ending.error);
  }
}

async function workThrough(work: ShardWork): Promise<Ending> {
  const { deps, claim, signal } = work;
  const end = deps.clock.monotonic() + deps.settings.dispatchBudgetMs;
  let batchSize = 2;
  let committing: Promise<unknown> = Promise.resolve();
  try {
    let items = await deps.store.takeItems(claim, batchSize);
    while (items.length > 0) {
      await requireFreeSpace(deps);
      const batch = await askBatch(work, items);
      await committing;
      const commits = batch.map(({ commit }) => commit);
      const ready = commits.filter((commit) => !waitsForSource(commit));
      work.waiting.push(...commits.filter(waitsForSource));
      const goesOn = deps.clock.monotonic() < end && !signal.aborted;
      batchSize = nextBatchSize(deps, commits);
      // Taken before the commit begins, which locks the shard: so the next calls go out meanwhile.
      const nextItems = goesOn ? await deps.store.takeItems(claim, batchSize) : [];
      committing = commitPatiently(work, ready);
      // A failure surfaces at the next await; until then it must not count as unhandled.
      committing.catch(() => {});
      const dropped = batch.find(({ asked }) => asked.reaction === 'drop_source');
      if (dropped?.asked.error) {
        await committing;
        return { kind: 'drop_source', source: (items[0] as Item).source, error: dropped.asked.error };
      }
      if (!goesOn) {
        await committing;
        return { kind: 'more' };
      }
      items = nextItems;
    }
    await committing;
    return work.waiting.length > 0 ? { kind: 'later' } : { kind: 'done' };
  } catch (error) {
    await committing.catch(() => {});
    throw error;
  }
}

function waitsForSource({ state, error }: ItemCommit): boolean {
  return state === 'pending' && error?.code === 'not_ready';
}

/** As many items as bring the rows that one commit aims at. */
function nextBatchSize(deps: AppDeps, commits: readonly ItemCommit[]): number {
  const rows = commits.reduce((sum, commit) => sum + (commit.writes[0]?.rows.length ?? 0), 0);
  const rowsAnItem = Math.max(1, rows / commits.length);
  return Math.max(1, Math.min(LARGEST_BATCH, Math.round(deps.settings.commitRows / rowsAnItem)));
}

interface Settlement {
  readonly asked: Asked;
  readonly commit: ItemCommit;
}

async function askBatch(work: ShardWork, items: readonly Item[]): Promise<readonly Settlement[]> {
  const { deps, run, market, signal } = work;
  const context = {
    signal,
    beforeCall: callGate(
      deps,
      signal,
      callClassOf({ cause: run.cause, priority: run.policies?.priority, ...run.params }),
    ),
  };
  const single = deps.sources.get((items[0] as Item).source)?.singleConnection ?? false;
  const settled: Settlement[] = Array.from({ length: items.length });
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) {
      const item = items[at] as Item;
      const asked = await askItem(deps, run, questionItem(work, item), market, context);
      settled[at] = { asked, commit: await commitOf(work, item, asked, context) };
      if (asked.reaction === 'drop_source') next = items.length;
    }
  };
  await Promise.all(Array.from({ length: single ? 1 : Math.min(PARALLEL_CALLS, items.length) }, worker));
  return settled.filter((settlement) => settlement !== undefined);
}
