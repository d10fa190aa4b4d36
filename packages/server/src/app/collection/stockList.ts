import {
  Bitmap,
  DATASETS,
  findGaps,
  lastFinalDay,
  shanghaiDay,
  type PlainDay,
  type Symbol,
} from '@tapekeeper/core';
import { readActivity } from '../coverageReader.ts';
import type { AppDeps } from '../deps.ts';
import { loadMarket } from '../market.ts';

/** A stock that is listed, and whether its daily bars are complete. */
export interface StockEntry {
  readonly symbol: Symbol;
  readonly name: string;
  /** Last day of its bars where none is missing since its first; else null. */
  readonly completeThrough: PlainDay | null;
}

/** Listed stocks in the order of their codes. */
export type StockListReader = () => Promise<readonly StockEntry[]>;

interface Reading {
  readonly activity: string;
  readonly takenAt: number;
  readonly stocks: readonly StockEntry[];
  readonly costMs: number;
}

/** While runs write, reading takes at most one part in this many of the time. */
const COOLING = 10;

/** A reading is never used for longer: days become final without any run. */
const LONGEST_USE_MS = 60_000;

/**
 * Reads the list with what coverage says of it. Coverage changes only by runs and by people: a reading holds until
 * one of them does something. While runs are open it may lag behind by ten times what reading takes, and nobody waits
 * for the next one.
 */
export function stockListReader(deps: AppDeps): StockListReader {
  let last: Reading | undefined;
  let reading: Promise<Reading> | undefined;

  const read = (activity: string): Promise<Reading> => {
    const startedAt = deps.clock.monotonic();
    reading ??= readStocks(deps)
      .then((stocks) => {
        const now = deps.clock.monotonic();
        return (last = { activity, stocks, takenAt: now, costMs: now - startedAt });
      })
      .finally(() => (reading = undefined));
    return reading;
  };

  return async () => {
    // asked before the reading: what is written in between makes it look older than it is, never newer
    const { activity, isOpen } = await readActivity(deps);
    if (last === undefined) return (await read(activity)).stocks;
    const age = deps.clock.monotonic() - last.takenAt;
    if (last.activity === activity && age < LONGEST_USE_MS) return last.stocks;
    if (!isOpen) return (await read(activity)).stocks;
    const { stocks } = last;
    if (age >= last.costMs * COOLING)
      read(activity).catch((error: unknown) => {
        deps.log.warn({ err: error }, 'the list of stocks could not be read');
      });
    return stocks;
  };
}

async function readStocks(deps: AppDeps): Promise<readonly StockEntry[]> {
  const [market, instruments] = await Promise.all([
    loadMarket(deps, 'daily_bars'),
    deps.store.instruments('stocks'),
  ]);
  const today = shanghaiDay(deps.marketNow());
  const listed = market.listings.filter(
    ({ listDate, delistDate }) =>
      listDate !== null && listDate <= today && (delistDate === null || delistDate > today),
  );
  const { firstDay, finality } = DATASETS.daily_bars;
  const through = lastFinalDay(market.calendar, finality, deps.marketNow());
  const { ranges, days, exceptions } = await deps.store.coverageOf('daily_bars', firstDay, through, null);
  const gaps = findGaps({
    calendar: market.calendar,
    listings: listed,
    from: firstDay,
    to: through,
    coverage: {
      ranges,
      days: days.map(({ day, members }) => ({ day, members: Bitmap.fromBytes(members) })),
      exceptions,
    },
  });
  const lacking = new Bitmap();
  for (const { missing } of gaps.days) lacking.or(missing);
  const names = new Map(instruments.map(({ instrumentId, name }) => [instrumentId, name]));
  return listed
    .map(({ instrumentId, symbol, listDate }) => ({
      symbol,
      name: names.get(instrumentId) ?? '',
      // of a stock without a final day there is nothing to be complete
      completeThrough: lacking.has(instrumentId) || listDate === null || listDate > through ? null : through,
    }))
    .toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1));
}
