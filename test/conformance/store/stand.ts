import type { AppError, PlainDay, Row } from '@tapekeeper/core';
import { expect } from 'vitest';
import type {
  ItemCommit,
  NewItem,
  NewRun,
  RunId,
  RowsWritten,
  ShardClaim,
  WorkerId,
} from '../../../packages/server/src/ports/runStore.ts';
import type { Store } from '../../../packages/server/src/ports/store.ts';
import type { Database } from '../../../packages/server/src/store/connection.ts';
import { addWorker } from '../../support/queue.ts';
import { SPAN, stockOf, SYMBOLS } from '../../support/smallMarket.ts';
import { tableContents } from '../../support/tableContents.ts';

export interface StoreStand {
  readonly db: Database;
  readonly store: Store;
}

/** The stand of the test at hand: its tables are empty when the test begins. */
export type Stand = () => StoreStand;

export const newRun = (rest: Partial<NewRun> = {}): NewRun => ({
  type: 'sync',
  dataset: 'daily_bars',
  wish: { dataset: 'daily_bars' },
  params: { ...SPAN, symbols: null, sources: ['tushare', 'baostock'], force: false },
  cause: 'person',
  requestedBy: null,
  parentRunId: null,
  ...rest,
});

export const newItem = (rest: Partial<NewItem> = {}): NewItem => ({
  source: 'tushare',
  shape: 'symbol',
  ...SPAN,
  instrumentId: 1,
  members: null,
  ...rest,
});

/** Claims the first dispatch of a shard. Throws where it cannot be had. */
export async function claimFirst(
  store: Store,
  runId: RunId,
  shardNo: number,
  workerId: WorkerId,
  dispatch = 1,
): Promise<ShardClaim> {
  const taken = await store.claimShard({ runId, shardNo, dispatch, workerId });
  if (taken === undefined) throw new Error(`shard ${shardNo} of run ${runId} cannot be claimed`);
  return taken.claim;
}

export interface Held {
  readonly runId: RunId;
  readonly workerId: WorkerId;
  readonly claim: ShardClaim;
}

/** A run whose planning shard a worker holds. */
export async function holdPlan(store: Store, rest: Partial<NewRun> = {}): Promise<Held> {
  const workerId = await addWorker(store);
  const runId = await store.createRun(newRun(rest));
  return { runId, workerId, claim: await claimFirst(store, runId, 0, workerId) };
}

/** A planned run whose only fetch shard, with these items, a worker holds. */
export async function holdFetch(
  store: Store,
  items: readonly NewItem[] = [newItem()],
  rest: Partial<NewRun> = {},
): Promise<Held> {
  const { runId, workerId, claim } = await holdPlan(store, rest);
  await savePlan(store, claim, [items]);
  return { runId, workerId, claim: await claimFirst(store, runId, 1, workerId) };
}

/** Plans a shard for each list of items. */
export async function savePlan(
  store: Store,
  claim: ShardClaim,
  shards: readonly (readonly NewItem[])[],
  rest: { nextRound?: number | null; cellsLeft?: number } = {},
): Promise<void> {
  const { nextRound = null, cellsLeft = 0 } = rest;
  await store.savePlan(claim, {
    summary: {
      source: 'tushare',
      sources: ['tushare', 'baostock'],
      shape: 'symbol',
      items: shards.flat().length,
      calls: 1,
      cells: 1,
      unservedCells: 0,
      estimatedMs: 0,
    },
    shards: shards.map((items) => ({ source: 'tushare', symbolsTotal: items.length, items })),
    nextRound,
    cellsLeft,
  });
}

export const commitOf = (itemNo: number, rest: Partial<ItemCommit> = {}): ItemCommit => ({
  itemNo,
  state: 'done',
  attempts: [
    {
      source: 'tushare',
      startedAt: 1_700_000_000_000,
      endedAt: 1_700_000_000_050,
      calls: 1,
      rows: 1,
      error: null,
    },
  ],
  writes: [],
  quarantined: [],
  flags: [],
  gains: [],
  outcome: 'ok',
  counts: { ok: 1 },
  exceptions: [],
  error: null,
  bytes: 10,
  lastSymbol: null,
  ...rest,
});

/** Takes every item of a held shard and commits each as told. */
export async function takeAndCommit(
  store: Store,
  claim: ShardClaim,
  commit: Omit<Partial<ItemCommit>, 'itemNo'>,
): Promise<RowsWritten> {
  const items = await store.takeItems(claim, 1000);
  return store.commitItems(
    claim,
    items.map((item) => commitOf(item.no, commit)),
  );
}

/** One item of one run that changes what it is told to; the run ends with it. */
export async function commitOnce(
  store: Store,
  commit: Omit<Partial<ItemCommit>, 'itemNo'>,
  rest: Partial<NewRun> = {},
): Promise<RowsWritten & { runId: RunId }> {
  const { runId, claim } = await holdFetch(store, [newItem()], rest);
  const written = await takeAndCommit(store, claim, commit);
  await store.closeShard(claim);
  return { runId, ...written };
}

/** Puts the symbols of the small market on the stock list, with ids from 1. */
export async function listSymbols(store: Store, symbols = SYMBOLS, listDate?: PlainDay): Promise<void> {
  const rows = symbols.map((symbol): Row => stockOf(symbol, listDate));
  const columns = Object.keys(rows[0] ?? {});
  await commitOnce(
    store,
    { writes: [{ dataset: 'stock_basics', source: 'tushare', columns, rows, mode: 'replace' }] },
    { dataset: 'stock_basics' },
  );
}

/** Says that the work is refused with an error, or with that of the database's code, and changes no row anywhere. */
export async function expectNothingDone(
  stand: StoreStand,
  work: () => Promise<unknown>,
  code: AppError['code'] | (string & {}),
): Promise<void> {
  const before = await tableContents(stand.db);
  await expect(work()).rejects.toMatchObject({ code });
  expect(await tableContents(stand.db)).toEqual(before);
}
