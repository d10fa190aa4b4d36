import { join } from 'node:path';
import type { World } from '@tapekeeper/replay';
import type { SyncRequest } from '../../packages/server/src/app/requestSync.ts';
import { readBarFile, rowsOf } from '../../scripts/verify/barFile.ts';
import { baostockTruth, convertedTruth, tushareTruth, type SymbolTruth } from '../../scripts/verify/truth.ts';

/** What is collected into one database, and what must then be in it. */
export interface Collection {
  readonly name: string;
  readonly requests: readonly SyncRequest[];
  readonly symbols: readonly string[];
  readonly truthOf: (symbol: string) => SymbolTruth;
}

/** All of the real data: one file through the BaoStock protocol, the other through that of Tushare. */
export async function realCollections(world: World): Promise<readonly Collection[]> {
  const raw = await readBarFile(join(world.folder, 'bars_daily_raw_2020_2025.csv.gz'));
  const lots = await readBarFile(join(world.folder, 'tushare_daily_adj_2024.csv.gz'));
  return [
    {
      name: 'BaoStock',
      requests: [request('daily_bars', 'baostock', world)],
      symbols: [...raw.lines.keys()],
      truthOf: (symbol) => baostockTruth(symbol, rowsOf(raw, symbol)),
    },
    {
      name: 'Tushare',
      requests: [request('daily_bars', 'tushare', world), request('adj_factors', 'tushare', world)],
      symbols: [...lots.lines.keys()],
      truthOf: (symbol) => tushareTruth(symbol, rowsOf(lots, symbol)),
    },
  ];
}

/** The bundled sample, one file through both protocols. */
export async function sampleCollections(world: World): Promise<readonly Collection[]> {
  const raw = await readBarFile(join(world.folder, 'bars_daily_raw.csv.gz'));
  const symbols = [...raw.lines.keys()];
  return [
    {
      name: 'BaoStock',
      requests: [request('daily_bars', 'baostock', world)],
      symbols,
      truthOf: (symbol) => baostockTruth(symbol, rowsOf(raw, symbol)),
    },
    {
      name: 'Tushare',
      requests: [request('daily_bars', 'tushare', world)],
      symbols,
      truthOf: (symbol) => convertedTruth(symbol, rowsOf(raw, symbol)),
    },
  ];
}

function request(dataset: string, source: 'tushare' | 'baostock', world: World): SyncRequest {
  const { firstDay, lastDay } = world[source];
  return { dataset, sources: [source], from: firstDay, to: lastDay };
}
