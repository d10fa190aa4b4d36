import {
  addDays,
  AppError,
  Bitmap,
  DATASETS,
  dayBarOf,
  findGaps,
  lastFinalDay,
  seededSample,
  spanBars,
  spanEnd,
  spanStart,
  type DatasetId,
  type Listing,
  type PlainDay,
  type Row,
  type OriginId,
  type Span,
} from '@tapekeeper/core';
import type { StoredRow } from '../../ports/qualityStore.ts';
import type { AppDeps } from '../deps.ts';
import { listingsOf, type Market } from '../market.ts';
import type { ReconcileQuestion } from './reconcile.ts';

/** One covered cell of a sample. */
export interface SampledCell {
  readonly listing: Listing;
  /** Whose row is stored. */
  readonly source: OriginId;
  /** Stored rows of the window, by day. */
  readonly rows: ReadonlyMap<PlainDay, Row>;
  /** What the row of the day was before corrections. */
  readonly former: readonly Row[];
}

export interface Sample {
  readonly day: PlainDay;
  /** The days that are asked for: those before the sampled one tell corrections and ex-dates apart. */
  readonly from: PlainDay;
  readonly to: PlainDay;
  readonly cells: readonly SampledCell[];
}

/** Trading days before the sampled one that are asked for beside it. */
const DAYS_BEFORE = 5;

/** Bars that are computed from those of days, and over what. */
const SPANS: Partial<Record<DatasetId, Span>> = { weekly_bars: 'week', monthly_bars: 'month' };

/**
 * The day of a sample: of bars over a span, the last trading day of one that is over. Raises
 * `bad_request` for a day that is not final yet.
 */
export function dayOfSample(
  deps: AppDeps,
  { calendar }: Market,
  dataset: DatasetId,
  wished: PlainDay | undefined,
): PlainDay {
  const base = DATASETS[DATASETS[dataset].derivedFrom ?? dataset];
  const lastFinal = lastFinalDay(calendar, base.finality, deps.marketNow());
  if (wished !== undefined && (wished > lastFinal || !calendar.isOpen(wished))) {
    throw new AppError('bad_request', {
      problem: `${wished} is no trading day that is final; the last one is ${lastFinal}.`,
    });
  }
  const day = wished ?? lastFinal;
  const span = SPANS[dataset];
  if (span === undefined) return day;
  const lastOf = (end: PlainDay): PlainDay => calendar.previousOpen(addDays(end, 1)) ?? end;
  const ownEnd = lastOf(spanEnd(day, span));
  return ownEnd <= lastFinal ? ownEnd : lastOf(addDays(spanStart(day, span), -1));
}

/** A seeded sample of the cells of a day that are covered, with what is stored of them. */
export async function takeSample(
  deps: AppDeps,
  market: Market,
  question: ReconcileQuestion,
): Promise<Sample> {
  const { dataset, day } = question;
  const span = SPANS[dataset];
  const base = DATASETS[dataset].derivedFrom ?? dataset;
  const asked = windowOf(market, day, span);
  const needed = span === undefined ? day : spanStart(day, span);
  const covered = await coveredListings(deps, market, base, question.symbols, needed, day);
  const drawn = seededSample(covered, question.sampleSize, question.seed);
  const symbols = drawn.map(({ symbol }) => symbol);
  // the close before the first span is that of the span before
  const storedFrom = span === undefined ? asked.from : spanStart(addDays(asked.from, -1), span);
  const [stored, former] = await Promise.all([
    deps.store.storedRows(base, symbols, storedFrom, day),
    span === undefined ? deps.store.formerRows(base, symbols, day) : [],
  ]);
  const bySymbol = Map.groupBy(stored, (one) => one.symbol);
  const formerBySymbol = Map.groupBy(former, (one) => one.symbol);
  const cells = drawn.flatMap((listing): SampledCell[] => {
    const own = bySymbol.get(listing.symbol) ?? [];
    const last = own.at(-1);
    if (last?.day !== day) return [];
    const rows = span === undefined ? new Map(own.map((one) => [one.day, one.row])) : spanRows(own, span);
    const wasBefore = (formerBySymbol.get(listing.symbol) ?? []).map(({ was }) => was);
    return [{ listing, source: last.source, rows, former: wasBefore }];
  });
  return { day, ...asked, cells };
}

function windowOf(
  { calendar }: Market,
  day: PlainDay,
  span: Span | undefined,
): { from: PlainDay; to: PlainDay } {
  if (span !== undefined) return { from: spanStart(day, span), to: day };
  const index = calendar.openIndex(day);
  return { from: calendar.openDayAt(Math.max(0, index - DAYS_BEFORE)) ?? day, to: day };
}

/** The symbols that are covered on the last day, and lack no day from the first on. */
async function coveredListings(
  deps: AppDeps,
  market: Market,
  dataset: DatasetId,
  symbols: readonly string[] | null,
  from: PlainDay,
  to: PlainDay,
): Promise<readonly Listing[]> {
  const listings = listingsOf(market, symbols);
  const ids = symbols === null ? null : listings.map((one) => one.instrumentId);
  const known = await deps.store.coverageOf(dataset, from, to, ids);
  const days = known.days.map(({ day, members }) => ({ day, members: Bitmap.fromBytes(members) }));
  const covered = new Bitmap();
  for (const range of known.ranges) if (range.from <= to && range.to >= to) covered.add(range.instrumentId);
  for (const { day, members } of days) if (day === to) covered.or(members);
  const { calendar } = market;
  const gaps = findGaps({ calendar, listings, from, to, coverage: { ...known, days } });
  for (const { missing } of gaps.days) covered.andNot(missing);
  return listings.filter(({ instrumentId }) => covered.has(instrumentId));
}

/** Bars over spans, each under the last day that has a bar. */
function spanRows(stored: readonly StoredRow[], span: Span): ReadonlyMap<PlainDay, Row> {
  const bars = spanBars(span);
  const made = [...stored.map(({ row }) => bars.add(dayBarOf(row))), bars.end()];
  return new Map(made.flatMap((row) => (row === undefined ? [] : [[row['trade_date'] as PlainDay, row]])));
}
