import {
  AppError,
  Bitmap,
  cellsOf,
  DATASET_IDS,
  DATASETS,
  findGaps,
  lastFinalDay,
  mergeRanges,
  type DatasetId,
  type DayRange,
  type Gaps,
  type PlainDay,
  type Symbol,
} from '@tapekeeper/core';
import type { AppDeps } from './deps.ts';
import { readScope } from './describeCoverage.ts';
import { listingsOf, loadMarket, type Market } from './market.ts';
import { readListed } from './symbolSets/readSymbols.ts';

/** What a person asks of the gaps; nothing in it has been checked. */
export interface GapsQuestion {
  readonly dataset: string;
  /** The first covered day where left out. */
  readonly from?: string | undefined;
  /** The last final day where left out. */
  readonly to?: string | undefined;
  /** Only of these symbols; all where left out. */
  readonly symbols?: readonly string[] | undefined;
  /** Only instruments with a greater id; the keyset of the page. */
  readonly after: number;
  readonly limit: number;
}

/** The missing cells of one symbol. */
export interface SymbolHoles {
  readonly instrumentId: number;
  readonly symbol: Symbol;
  readonly cells: number;
  /** The first of them in time, closed days between them not counted. */
  readonly ranges: readonly DayRange[];
  readonly rangesLeftOut: number;
}

export interface GapsReport {
  readonly dataset: DatasetId;
  /** Days that were looked at; null where nothing is covered and no days were asked for. */
  readonly from: PlainDay | null;
  readonly to: PlainDay | null;
  /** Missing cells of all symbols that were asked for, those on other pages too. */
  readonly cells: number;
  readonly symbols: number;
  readonly page: readonly SymbolHoles[];
}

/** Ranges of one symbol that are told; a symbol with more holes has none but the first of them shown. */
const MOST_RANGES = 100;

/**
 * What a data set of cells lacks in a span, symbol by symbol: what a repair of the same span would ask for. Raises
 * `unknown_dataset`, `not_cells`, `derived_dataset`, `bad_day`, `day_order` and `unknown_symbol`.
 */
export async function listGaps(deps: AppDeps, question: GapsQuestion): Promise<GapsReport> {
  const { from: wishedFrom, to: wishedTo, datasets } = readScope(question);
  const dataset = readGrid(datasets[0]!);
  const market = await loadMarket(deps, dataset);
  const lastFinal = lastFinalDay(market.calendar, DATASETS[dataset].finality, deps.marketNow());
  const from = wishedFrom ?? (await deps.store.coveredSpan(dataset))?.from;
  const to = wishedTo === undefined || wishedTo > lastFinal ? lastFinal : wishedTo;
  const symbols = question.symbols === undefined ? null : readListed(market, question.symbols);
  if (from === undefined || from > to)
    return { dataset, from: null, to: null, cells: 0, symbols: 0, page: [] };
  const listings = listingsOf(market, symbols);
  const ids = symbols === null ? null : listings.map(({ instrumentId }) => instrumentId);
  const { ranges, days, exceptions } = await deps.store.coverageOf(dataset, from, to, ids);
  const gaps = findGaps({
    calendar: market.calendar,
    listings,
    from,
    to,
    coverage: {
      ranges,
      days: days.map(({ day, members }) => ({ day, members: Bitmap.fromBytes(members) })),
      exceptions,
    },
  });
  const lacking = [...lackingIds(gaps).values()];
  const paged = lacking.filter((id) => id > question.after).slice(0, question.limit);
  return {
    dataset,
    from,
    to,
    cells: gaps.cells,
    symbols: lacking.length,
    page: paged.map((id) => holesOf(market, gaps, id)),
  };
}

function readGrid(dataset: DatasetId): DatasetId {
  const base = DATASETS[dataset].derivedFrom;
  if (base !== undefined) throw new AppError('derived_dataset', { dataset, base });
  if (cellsOf(dataset) === undefined) {
    const known = DATASET_IDS.filter((id) => cellsOf(id) !== undefined).join(', ');
    throw new AppError('not_cells', { dataset, known });
  }
  return dataset;
}

function lackingIds({ days }: Gaps): Bitmap {
  const ids = new Bitmap();
  for (const { missing } of days) ids.or(missing);
  return ids;
}

function holesOf({ byId, calendar }: Market, { days }: Gaps, instrumentId: number): SymbolHoles {
  const lacked = days.filter(({ missing }) => missing.has(instrumentId));
  const ranges = mergeRanges(
    lacked.map(({ day }) => ({ from: day, to: day })),
    calendar,
  );
  return {
    instrumentId,
    symbol: byId.get(instrumentId)!.symbol,
    cells: lacked.length,
    ranges: ranges.slice(0, MOST_RANGES),
    rangesLeftOut: Math.max(0, ranges.length - MOST_RANGES),
  };
}
