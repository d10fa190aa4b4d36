import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError, type Symbol } from '@tapekeeper/core';
import type { BarTable, BarUnits } from './barTable.ts';
import { type FactorSteps, readFactorChanges } from './factorSteps.ts';
import { makeFacts } from './facts/makeFacts.ts';
import { readBarTable } from './readBarTable.ts';
import { readStockList } from './stockList.ts';
import { wholeText } from './textChunks.ts';
import { readCalendar } from './tradingCalendar.ts';
import { factorsOfRows, makeUniverse, type Universe } from './universe.ts';
import type { World } from './world.ts';

export type { World } from './world.ts';

/** Draws of the facts beside the bars, so that a folder always has the same ones. */
const FACTS_SEED = 1;

/**
 * Reads `stock_basic.csv`, `trading_calendar.csv`, `bars_daily_raw*.csv`, `tushare_daily_adj*.csv`
 * and `adj_factor_changes*.csv` of a folder, each plain or `.gz`. The first two and bars of one kind
 * are needed; the upstream whose own kind lacks serves the other kind converted.
 * Throws `replay_data_missing` when something needed is missing or cannot be read.
 */
export async function openWorld(folder: string): Promise<World> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new AppError('replay_data_missing', { dir: folder, message: 'the folder cannot be read.' }, cause);
  });
  const files = (start: string): string[] =>
    names
      .filter((name) => name.startsWith(start) && /\.csv(\.gz)?$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  try {
    return await readWorld(folder, files);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('replay_data_missing', { dir: folder, message: `${message}.` }, cause);
  }
}

async function readWorld(folder: string, files: (start: string) => string[]): Promise<World> {
  const stocks = await readOne(files('stock_basic.'), 'stock_basic.csv', readStockList);
  const calendar = await readOne(files('trading_calendar.'), 'trading_calendar.csv', readCalendar);
  const raw = await readBars(files('bars_daily_raw'), 'baostock');
  const lots = await readBars(files('tushare_daily_adj'), 'tushare');
  const changes = new Map<string, FactorSteps>();
  for (const path of files('adj_factor_changes')) {
    await readOne([path], path, (text) => readFactorChanges(text, changes));
  }

  const tushare = lots ?? raw;
  const baostock = raw ?? lots;
  if (tushare === undefined || baostock === undefined) {
    throw new Error('there are no bars_daily_raw*.csv and no tushare_daily_adj*.csv with rows');
  }
  const known = (symbol: string): FactorSteps | undefined =>
    (lots && factorsOfRows(lots, symbol)) ?? changes.get(symbol);
  const universe = (table: BarTable, serves: (symbol: string) => boolean): Universe =>
    makeUniverse({ table, stocks, calendar, knownFactors: known, serves });
  const served = [tushare, baostock];
  const world = {
    folder,
    firstDay: served.map(({ days }) => days[0]!).sort()[0]!,
    lastDay: served.map(({ days }) => days.at(-1)!).sort()[1]!,
    symbols: [...new Set(served.flatMap(({ symbols }) => symbols))].sort() as Symbol[],
    calendar,
    tushare: universe(tushare, () => true),
    // BaoStock has never had the Beijing exchange.
    baostock: universe(baostock, (symbol) => !symbol.endsWith('.BJ')),
    ratios: raw,
  };
  return { ...world, facts: makeFacts(world, FACTS_SEED), recoded: [] };
}

async function readOne<T>(paths: readonly string[], name: string, read: (text: string) => T): Promise<T> {
  const path = paths[0];
  if (path === undefined) throw new Error(`${name} is missing`);
  try {
    return read(await wholeText(path));
  } catch (cause) {
    throw new Error(`${basename(path)}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

async function readBars(paths: readonly string[], units: BarUnits): Promise<BarTable | undefined> {
  const table = paths.length > 0 ? await readBarTable(paths, units) : undefined;
  return table !== undefined && table.rowCount > 0 ? table : undefined;
}
