import {
  AppError,
  Bitmap,
  builtinCalendar,
  plainDay,
  type Listing,
  type PlainDay,
  type Row,
} from '@tapekeeper/core';
import type {
  CoverageGain,
  ItemCommit,
  NewItem,
  NewRun,
  ShardClaim,
} from '../../packages/server/src/ports/runStore.ts';
import type { RunFilter } from '../../packages/server/src/ports/viewStore.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';

/** Days of the items, within one year, so that their bars fall into one partition. */
const DAYS = builtinCalendar().tradingDays(plainDay('2024-01-02'), plainDay('2024-12-31'));
const FROM = DAYS[0] as PlainDay;
const TO = DAYS.at(-1) as PlainDay;

/**
 * Does once whatever a server does again and again, on a store with these listings, and names each step
 * before it begins: the life of a run from the wish to the last commit, rescue, and all that screens ask.
 */
export async function walkHotPath(
  store: Store,
  listings: readonly Listing[],
  step: (name: string) => void,
): Promise<void> {
  const named = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    step(name);
    return work();
  };
  const walk: Walk = { store, listings, named, workerId: 0 };
  const workerId = await named('registerWorker', () =>
    store.registerWorker({ node: 'here', boot: '00000000-0000-0000-0000-000000000001', pid: 1 }),
  );
  const working = { ...walk, workerId };
  await named('settlePredecessors', () =>
    store.settlePredecessors('here', '00000000-0000-0000-0000-000000000001'),
  );
  await named('beat', () => store.beat(workerId));
  await requirement(working);
  const bySymbol = await fetchBySymbol(working);
  await fetchByDay(working);
  await trouble(working);
  await upkeep(working);
  await screens(working, bySymbol);
  await coverage(working);
  await sources(working);
  await named('stopWorker', () => store.stopWorker(workerId));
}

interface Walk {
  readonly store: Store;
  readonly listings: readonly Listing[];
  readonly named: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  readonly workerId: number;
}

const NEW_RUN: NewRun = {
  type: 'sync',
  dataset: 'daily_bars',
  wish: { dataset: 'daily_bars' },
  params: { from: FROM, to: TO, symbols: null, sources: ['tushare'], force: false },
  cause: 'person',
  requestedBy: null,
  parentRunId: null,
};

/** A run whose planning shard waits for a child, and is woken by its end. */
async function requirement({ store, named, workerId }: Walk): Promise<void> {
  const parent = await named('createRun', () => store.createRun(NEW_RUN));
  const claim = await claimShard({ store, named, workerId }, parent, 0);
  await named('requirementsOf', () => store.requirementsOf(parent));
  const [child = 0] = await named('waitForRuns', () =>
    store.waitForRuns(claim, [
      { ...NEW_RUN, dataset: 'stock_basics', cause: 'requirement', parentRunId: parent },
    ]),
  );
  const childClaim = await claimShard({ store, named, workerId }, child, 0);
  await named('savePlan, nothing to do', () => savePlan(store, childClaim, []));
}

async function claimShard(
  { store, named, workerId }: Pick<Walk, 'store' | 'named' | 'workerId'>,
  runId: number,
  shardNo: number,
  dispatch = 1,
): Promise<ShardClaim> {
  const taken = await named('claimShard', () => store.claimShard({ runId, shardNo, dispatch, workerId }));
  if (taken === undefined) throw new Error(`shard ${shardNo} of run ${runId} cannot be claimed`);
  return taken.claim;
}

function savePlan(store: Store, claim: ShardClaim, items: readonly NewItem[]): Promise<void> {
  return store.savePlan(claim, {
    summary: {
      source: 'tushare',
      sources: ['tushare'],
      shape: 'symbol',
      items: items.length,
      calls: items.length,
      cells: items.length,
      unservedCells: 0,
      estimatedMs: 0,
    },
    shards: items.length === 0 ? [] : [{ source: 'tushare', symbolsTotal: items.length, items }],
    nextRound: null,
    cellsLeft: 0,
  });
}

async function openRun(
  walk: Walk,
  items: readonly NewItem[],
  kind: string,
): Promise<{ runId: number; claim: ShardClaim }> {
  const { store, named } = walk;
  const runId = await named('createRun', () => store.createRun(NEW_RUN));
  const plan = await claimShard(walk, runId, 0);
  await named(`savePlan, ${kind}`, () => savePlan(store, plan, items));
  return { runId, claim: await claimShard(walk, runId, 1) };
}

/** A symbol an item: rows that are new, the same ones again, and ones that correct what is there. */
async function fetchBySymbol(walk: Walk): Promise<number> {
  const { store, named, listings } = walk;
  const items = listings.map(({ instrumentId }): NewItem => ({
    source: 'tushare',
    shape: 'symbol',
    from: FROM,
    to: TO,
    instrumentId,
    members: null,
  }));
  const { runId, claim } = await openRun(walk, items, 'by symbol');
  for (const [how, add] of [
    ['new rows', 0],
    ['the same rows', 0],
    ['corrections', 1],
  ] as const) {
    const taken = await named('takeItems', () => store.takeItems(claim, 4));
    // the same four symbols each time, so that the second and third commit meet their rows
    const commits = taken.map((item, at) =>
      commitOf(item.no, rowsOf(listings[at] as Listing, add), rangeOf(at + 1)),
    );
    await named(`commitItems, ${how}`, () => store.commitItems(claim, commits));
  }
  await named('releaseShard', () => store.releaseShard(claim, 0, false));
  return runId;
}

/** The whole market an item. */
async function fetchByDay(walk: Walk): Promise<void> {
  const { store, named, listings } = walk;
  const members = Bitmap.of(listings.map((one) => one.instrumentId)).toBytes();
  const items = DAYS.slice(0, 4).map((day): NewItem => ({
    source: 'tushare',
    shape: 'day',
    from: day,
    to: day,
    instrumentId: null,
    members,
  }));
  const { claim } = await openRun(walk, items, 'by day');
  const taken = await named('takeItems', () => store.takeItems(claim, 4));
  const commits = taken.map((item) =>
    commitOf(item.no, [], {
      kind: 'day',
      dataset: 'daily_bars',
      source: 'tushare',
      day: item.from,
      members,
      rows: listings.length,
    }),
  );
  await named('commitItems, whole days', () => store.commitItems(claim, commits));
  await named('closeShard', () => store.closeShard(claim));
}

function rangeOf(instrumentId: number): CoverageGain {
  return {
    kind: 'range',
    dataset: 'daily_bars',
    source: 'tushare',
    instrumentId,
    from: FROM,
    to: TO,
    touchesFrom: FROM,
    touchesTo: TO,
  };
}

function rowsOf({ symbol }: Listing, add: number): readonly Row[] {
  return DAYS.map((day) => ({
    symbol,
    trade_date: day,
    open: 10,
    high: 11,
    low: 9,
    close: 10 + add,
    pre_close: 10,
    volume: 100,
    amount: 1000,
    pct_chg: 0,
  }));
}

/** An item with everything that a commit may have to write. */
function commitOf(itemNo: number, rows: readonly Row[], gain: CoverageGain): ItemCommit {
  const columns = ['open', 'high', 'low', 'close', 'pre_close', 'volume', 'amount', 'pct_chg'];
  const cell = {
    dataset: 'daily_bars',
    symbol: '600000.SH',
    day: FROM,
    rule: 'ohlc_order',
    detail: '',
  } as const;
  const exception = {
    kind: 'exception',
    dataset: 'daily_bars',
    source: 'tushare',
    day: TO,
    exception: 'suspended',
  } as const;
  return {
    itemNo,
    state: 'done',
    attempts: [{ source: 'tushare', startedAt: 0, endedAt: 1, calls: 1, rows: rows.length, error: null }],
    writes:
      rows.length === 0 ? [] : [{ dataset: 'daily_bars', source: 'tushare', columns, rows, mode: 'replace' }],
    quarantined: [{ ...cell, source: 'tushare', row: {} }],
    flags: [cell],
    gains: [gain, { ...exception, instrumentId: itemNo }],
    outcome: 'ok',
    counts: { ok: 1 },
    exceptions: [{ instrumentId: itemNo, outcome: 'suspended', source: 'tushare', cells: 1, detail: null }],
    error: null,
    bytes: 1,
    lastSymbol: '600000.SH',
  };
}

async function trouble(walk: Walk): Promise<void> {
  const { store, named } = walk;
  const items: NewItem[] = [
    { source: 'tushare', shape: 'symbol', from: FROM, to: TO, instrumentId: 1, members: null },
  ];
  const { runId, claim } = await openRun(walk, items, 'one item');
  await named('replan', () => store.replan(claim, ['baostock'], 0));
  const again = await claimShard(walk, runId, 2);
  await named('failRun', () => store.failRun(again, new AppError('interrupted')));
}

async function upkeep({ store, named }: Walk): Promise<void> {
  await named('rescue', () => store.rescue(60_000));
  await named('strandedRuns', () => store.strandedRuns());
  await named('publishEvents', () => store.publishEvents(500));
  await named('heldRows', () => store.heldRows(['unknown_symbol'], 0, 100));
}

const ALL: RunFilter = { states: null, dataset: null, before: null, limit: 50 };

async function screens({ store, named, listings }: Walk, runId: number): Promise<void> {
  const middle = Math.floor(runId / 2);
  const filters: Readonly<Record<string, Partial<RunFilter>>> = {
    'first page': {},
    'deep page': { before: middle },
    open: { states: ['pending', 'running', 'paused'] },
    'of one state': { states: ['success'] },
    'of one state, deep page': { states: ['success'], before: middle },
    'of several states': { states: ['failed', 'cancelled'] },
    'of several states, deep page': { states: ['success', 'failed'], before: middle },
    'of no run': { states: ['missed', 'skipped'] },
    'of a data set': { dataset: 'daily_bars' },
    'of a data set, deep page': { dataset: 'daily_bars', before: middle },
    'of a job without any': { jobId: 999_999, before: middle },
    'of a data set and state': { dataset: 'daily_bars', states: ['failed'], before: middle },
    'of a data set and state, none': { dataset: 'trade_calendar', states: ['failed', 'cancelled'] },
  };
  for (const [name, filter] of Object.entries(filters))
    await named(`runs, ${name}`, () => store.runs({ ...ALL, ...filter }));
  await named('run', () => store.run(runId));
  await named('run, old', () => store.run(middle));
  const last = listings.length - 60;
  await named('runSymbols', () => store.runSymbols(runId, 0, 50, null));
  await named('runSymbols, deep page', () => store.runSymbols(runId, last, 50, null));
  await named('runSymbols, of an outcome', () => store.runSymbols(runId, 0, 50, 'suspended'));
  await named('runSymbols, of no symbol', () => store.runSymbols(runId, 0, 50, 'failed'));
  const [first] = listings as [Listing];
  await named('cell', () => store.cell('daily_bars', first.instrumentId, first.symbol, FROM));
  await named('estimatedRows', () => store.estimatedRows('daily_bars'));
}

async function coverage({ store, named, listings }: Walk): Promise<void> {
  const some = listings.slice(0, 3).map((one) => one.instrumentId);
  await named('instruments', () => store.instruments());
  await named('calendarVersion', () => store.calendarVersion());
  await named('freshness', () => store.freshness('stock_basics'));
  await named('coverageOf, all', () => store.coverageOf('daily_bars', FROM, TO, null));
  await named('coverageOf, some symbols', () => store.coverageOf('daily_bars', FROM, TO, some));
  await named('coveredSpan', () => store.coveredSpan('daily_bars'));
  await named('recentDayRows', () => store.recentDayRows('daily_bars', 'tushare', TO, 5));
}

async function sources({ store, named, workerId }: Walk): Promise<void> {
  const rule = { host: 'example', api: 'daily', windowSeconds: 60, capacity: 50 };
  await named('rights', () => store.rights());
  await named('setBudgets', () => store.setBudgets([rule]));
  await named('takeCall', () => store.takeCall('example', 'daily'));
  await named('drainBudget', () => store.drainBudget(rule));
  await named('noteFailure', () => store.noteFailure('example', 'no answer', 5, 1000));
  await named('noteSuccess', () => store.noteSuccess('example'));
  await named('takeLease', () => store.takeLease('baostock', workerId));
  await named('leaseWanted', () => store.leaseWanted('baostock', workerId));
  await named('releaseLease', () => store.releaseLease('baostock', workerId));
}
