import {
  addDays,
  AppError,
  DATASET_IDS,
  callClassOf,
  cellsOf,
  DATASETS,
  DEFAULT_POLICIES,
  isDatasetId,
  lastFinalDay,
  parseDay,
  parseSymbol,
  shanghaiDay,
  type CoverageKind,
  type DatasetId,
  type PlainDay,
  type SourceId,
  type SyncType,
  type SyncWish,
} from '@tapekeeper/core';
import type { NewSyncRun, RunId, SyncParams } from '../ports/runStore.ts';
import type { AppDeps } from './deps.ts';
import { loadCalendarOf } from './market.ts';
import { priorityOf, readSource } from './router/priorities.ts';
import { resolveSet } from './symbolSets/symbolSets.ts';

/** A wish for data as a person writes it; nothing in it has been checked. */
export interface SyncRequest extends SyncWish {
  readonly requestedBy?: string | undefined;
}

/**
 * Checks a wish and settles its defaults: to the last final day; from the first day that is covered,
 * or a year back where nothing is. Raises the usage errors of the registry.
 */
export async function resolveSync(deps: AppDeps, request: SyncRequest, type: SyncType): Promise<NewSyncRun> {
  const dataset = readDataset(request.dataset);
  const from = request.from === undefined ? undefined : readDay(request.from);
  const wishedTo = request.to === undefined ? undefined : readDay(request.to);
  if (from !== undefined && wishedTo !== undefined && wishedTo < from) {
    throw new AppError('day_order', { from, to: wishedTo });
  }
  const { derivedFrom, finality, kind } = DATASETS[dataset];
  if (derivedFrom !== undefined) throw new AppError('derived_dataset', { dataset, base: derivedFrom });
  const calendar = await loadCalendarOf(deps, dataset);
  const lastFinal = lastFinalDay(calendar, finality, deps.marketNow());
  const today = shanghaiDay(deps.marketNow());
  refuseFuture(dataset, [from, wishedTo], today);
  const to = wishedTo ?? defaultEnd(dataset, kind, today, lastFinal);
  const start = from ?? lastDaysFrom(request, to) ?? (await defaultStart(deps, dataset, to));
  const symbols = await readSymbols(deps, dataset, await wishedSymbols(deps, request));
  const { requestedBy, ...wish } = request;
  const params: SyncParams = {
    from: start > to ? to : start,
    to,
    symbols,
    sources: await readSources(deps, dataset, request.sources),
    force: request.force ?? false,
  };
  const isBackfill = callClassOf({ cause: 'person', ...params }) === 'backfill';
  return {
    type,
    dataset,
    wish,
    params,
    cause: 'person',
    requestedBy: requestedBy ?? null,
    parentRunId: null,
    policies: { ...DEFAULT_POLICIES, priority: isBackfill ? 'backfill' : 'normal' },
  };
}

function lastDaysFrom({ lastDays }: SyncWish, to: PlainDay): PlainDay | undefined {
  return lastDays === undefined ? undefined : addDays(to, 1 - lastDays);
}

export async function requestSync(
  deps: AppDeps,
  request: SyncRequest,
  type: SyncType = 'sync',
): Promise<RunId> {
  return deps.store.createRun(await resolveSync(deps, request, type));
}

export function readDataset(text: string): DatasetId {
  if (!isDatasetId(text))
    throw new AppError('unknown_dataset', { dataset: text, known: DATASET_IDS.join(', ') });
  return text;
}

export function readDay(text: string): PlainDay {
  const day = parseDay(text);
  if (day === undefined) throw new AppError('bad_day', { value: text });
  return day;
}

/** A calendar is announced ahead; every other data set ends today. */
function refuseFuture(dataset: DatasetId, days: readonly (PlainDay | undefined)[], today: PlainDay): void {
  if (dataset === 'trade_calendar') return;
  for (const day of days) {
    if (day !== undefined && day > today) throw new AppError('future_day', { day, last: today });
  }
}

/** A stream and a snapshot go on to today, a calendar as far as it is announced, everything else to what is final. */
function defaultEnd(dataset: DatasetId, kind: CoverageKind, today: PlainDay, lastFinal: PlainDay): PlainDay {
  if (dataset === 'trade_calendar') return lastAnnounced(today);
  return kind === 'stream' || dataset === 'quotes' ? today : lastFinal;
}

/** Exchanges announce a calendar year at a time. */
function lastAnnounced(today: PlainDay): PlainDay {
  return `${today.slice(0, 4)}-12-31` as PlainDay;
}

/** Days of a stream that are read where nothing says otherwise. */
const STREAM_DAYS = 30;

async function defaultStart(deps: AppDeps, dataset: DatasetId, to: PlainDay): Promise<PlainDay> {
  const { kind, firstDay } = DATASETS[dataset];
  if (dataset === 'quotes') return to;
  if (kind === 'stream') return deps.settings.historyFrom ?? addDays(to, -STREAM_DAYS);
  if (cellsOf(dataset) === undefined) return firstDay;
  const covered = await deps.store.coveredSpan(dataset);
  return covered?.from ?? deps.settings.historyFrom ?? addDays(to, -365);
}

/** Undefined where neither symbols nor a set are named; a set without a member is no wish for everything. */
async function wishedSymbols(
  deps: AppDeps,
  { symbols, set }: SyncRequest,
): Promise<readonly string[] | undefined> {
  if (set === undefined) return symbols;
  const members = await resolveSet(deps, set);
  const wished = [...(symbols ?? []), ...members];
  if (wished.length === 0) throw new AppError('bad_request', { problem: `the set "${set}" has no members.` });
  return wished;
}

/** Where a stock list is there, every symbol must be on it; before the first list only the form can be checked. */
async function readSymbols(
  deps: AppDeps,
  dataset: DatasetId,
  wished: readonly string[] | undefined,
): Promise<readonly string[] | null> {
  if (wished === undefined || wished.length === 0) return null;
  const aliases = await deps.store.aliases();
  const listed = new Set(
    (await deps.store.instruments(DATASETS[dataset].cells?.universe)).map((instrument) => instrument.symbol),
  );
  const symbols = wished.map((text) => {
    const typed = parseSymbol(text);
    const symbol = typed === undefined ? undefined : (aliases.get(typed) ?? typed);
    if (symbol === undefined || (listed.size > 0 && !listed.has(symbol)))
      throw new AppError('unknown_symbol', { symbol: text });
    return symbol;
  });
  return [...new Set(symbols)].toSorted();
}

async function readSources(
  deps: AppDeps,
  dataset: DatasetId,
  wished: readonly string[] | undefined,
): Promise<readonly SourceId[]> {
  if (wished === undefined || wished.length === 0) return priorityOf(deps, dataset);
  return wished.map((text) => readSource(deps, text));
}
