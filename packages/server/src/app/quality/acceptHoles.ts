import {
  AppError,
  Bitmap,
  cellsOf,
  DATASETS,
  findGaps,
  lastFinalDay,
  summariseCoverage,
  type CellCounts,
  type DatasetId,
  type Gaps,
  type Listing,
  type PlainDay,
} from '@tapekeeper/core';
import type { AcceptedHole, CellKey } from '../../ports/qualityStore.ts';
import type { AppDeps } from '../deps.ts';
import { listingsOf, loadMarket, type Market } from '../market.ts';
import { readDataset, readDay } from '../requestSync.ts';
import { readListed } from '../symbolSets/readSymbols.ts';
import { readAuthor, readReason } from './author.ts';

/** Cells that a person no longer counts as gaps, as they are written; nothing in it has been checked. */
export interface HoleWish {
  readonly dataset: string;
  /** All where left out. */
  readonly symbols?: readonly string[] | undefined;
  readonly from: string;
  /** The first day alone where left out. */
  readonly to?: string | undefined;
  readonly reason: string;
  readonly author: string;
  /** Only says what would be accepted. */
  readonly dryRun?: boolean | undefined;
}

/** A cell as people name it. */
export interface NamedCell {
  readonly symbol: string;
  readonly day: PlainDay;
}

export interface HoleReport {
  readonly dataset: DatasetId;
  readonly from: PlainDay;
  readonly to: PlainDay;
  /** The expected cells of the question by what is known of them; only the gaps can be accepted. */
  readonly cells: CellCounts;
  /** Days of the question that are not final yet: nothing is missing on them so far. */
  readonly openDays: number;
  /** The first of the gaps. */
  readonly first: readonly NamedCell[];
  /** What was kept; null for a dry run, and where there was no gap. */
  readonly hole: AcceptedHole | null;
}

/** More cells in one wish are a mistake, or a data set that should not be collected. */
const MOST_CELLS = 200_000;
const FIRST_CELLS = 20;

/**
 * Takes gaps out of the count, with reason and author. What is covered or explained already stays as it
 * is and is reported; a row that comes later counts all the same. Raises `bad_request`, `unknown_dataset`,
 * `bad_symbols`, `bad_day` or `day_order`.
 */
export async function acceptHoles(deps: AppDeps, wish: HoleWish): Promise<HoleReport> {
  const dataset = readGrid(wish.dataset);
  const from = readDay(wish.from);
  const to = wish.to === undefined ? from : readDay(wish.to);
  if (to < from) throw new AppError('day_order', { from, to });
  const author = readAuthor(wish.author);
  const reason = readReason(wish.reason);
  const market = await loadMarket(deps, dataset);
  const symbols =
    wish.symbols === undefined || wish.symbols.length === 0 ? null : readListed(market, wish.symbols);
  const listings = listingsOf(market, symbols);
  const found = await readCells(deps, market, dataset, listings, from, to);
  const report = { dataset, from, to, ...found.counted, hole: null };
  if (wish.dryRun === true || found.gaps.cells === 0) return report;
  if (found.gaps.cells > MOST_CELLS) {
    throw new AppError('bad_request', {
      problem: `${found.gaps.cells} gaps are too many to accept at once, ${MOST_CELLS} is the most. Name symbols or fewer days.`,
    });
  }
  const cells = cellsOfGaps(found.gaps);
  const hole = await deps.store.acceptHole({ dataset, symbols, from, to, reason, author, cells });
  return { ...report, hole: hole ?? null };
}

/** Makes the cells of an accepted hole gaps again. Raises `unknown_hole`. */
export async function revokeHole(deps: AppDeps, id: number, author: string): Promise<AcceptedHole> {
  const revoked = await deps.store.revokeHole(id, readAuthor(author));
  if (revoked === undefined) throw new AppError('unknown_hole', { id });
  return revoked;
}

/** The data set of a name, if its days are judged cell by cell. */
function readGrid(name: string): DatasetId {
  const dataset = readDataset(name);
  if (cellsOf(dataset)?.scale === 'trading_days' && DATASETS[dataset].kind === 'grid') return dataset;
  throw new AppError('bad_request', { problem: `${dataset} has no cells of days that could be missing.` });
}

async function readCells(
  deps: AppDeps,
  market: Market,
  dataset: DatasetId,
  listings: readonly Listing[],
  from: PlainDay,
  wishedTo: PlainDay,
): Promise<{ gaps: Gaps; counted: Pick<HoleReport, 'cells' | 'openDays' | 'first'> }> {
  const { calendar } = market;
  const lastFinal = lastFinalDay(calendar, DATASETS[dataset].finality, deps.marketNow());
  const to = wishedTo < lastFinal ? wishedTo : lastFinal;
  const openDays = calendar.tradingDays(
    from > lastFinal ? from : calendar.nextOpen(lastFinal),
    wishedTo,
  ).length;
  if (from > to) {
    return {
      gaps: { days: [], cells: 0, expectedCells: 0 },
      counted: { cells: NO_CELLS, openDays, first: [] },
    };
  }
  const known = await deps.store.coverageOf(
    dataset,
    from,
    to,
    listings.length === market.listings.length ? null : listings.map((one) => one.instrumentId),
  );
  const coverage = {
    ranges: known.ranges,
    days: known.days.map(({ day, members }) => ({ day, members: Bitmap.fromBytes(members) })),
    exceptions: known.exceptions,
  };
  const question = { calendar, listings, from, to, coverage };
  const gaps = findGaps(question);
  const first = cellsOfGaps(gaps, FIRST_CELLS).map(({ instrumentId, day }) => ({
    symbol: market.byId.get(instrumentId)?.symbol ?? '',
    day,
  }));
  return { gaps, counted: { cells: summariseCoverage(question).total, openDays, first } };
}

const NO_CELLS: CellCounts = { expected: 0, covered: 0, suspended: 0, absent: 0, accepted: 0, gaps: 0 };

function cellsOfGaps(gaps: Gaps, most = Infinity): readonly CellKey[] {
  const cells: CellKey[] = [];
  for (const { day, missing } of gaps.days) {
    if (cells.length >= most) break;
    missing.forEach((instrumentId) => {
      if (cells.length < most) cells.push({ instrumentId, day });
    });
  }
  return cells;
}
