import { gzipSync } from 'node:zlib';
import type { ImportParams, Row } from '@tapekeeper/core';
import { requestImport, takeFile } from '../../packages/server/src/app/imports/requestImport.ts';
import type { RunId } from '../../packages/server/src/ports/runStore.ts';
import type { RunView } from '../../packages/server/src/ports/viewStore.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import type { AppStandOptions } from '../support/appStand.ts';
import { rowOf } from '../support/smallMarket.ts';
import { toolsIn } from '../support/taskTools.ts';
import { createTaskStand, type TaskStand } from './taskStand.ts';

type Wish = Omit<ImportParams, 'dataset' | 'file'> & { readonly dataset?: string };

/** Tasks with files that people bring. */
export interface ImportStand extends TaskStand {
  /** Takes a file in and begins its run; whoever works on it comes later. */
  beginImport(file: string | Uint8Array, wish?: Wish): Promise<RunId>;
  /** The same, worked off. */
  bring(file: string | Uint8Array, wish?: Wish): Promise<RunView>;
  /** What is stored of daily bars. */
  bars(): Promise<readonly Row[]>;
}

/** The stock list and the calendar are there; of bars nothing is. */
export async function createImportStand(
  db: Database,
  folder: string,
  options: Partial<AppStandOptions> = {},
): Promise<ImportStand> {
  const stand = await createTaskStand(db, { tasks: toolsIn(folder), ...options });
  await stand.sync({ dataset: 'stock_basics' });
  const beginImport: ImportStand['beginImport'] = async (file, wish = {}) => {
    const { deps } = stand;
    const params = await takeFile(deps, bytesOf(file), { dataset: 'daily_bars', ...wish });
    return requestImport(deps, params, 'ann');
  };
  return {
    ...stand,
    beginImport,
    async bring(file, wish) {
      const id = await beginImport(file, wish);
      await stand.work();
      return stand.run(id);
    },
    bars: () =>
      db.rows<Row>(sql`
        SELECT symbol, trade_date, open, close, pre_close, volume, amount, pct_chg, source, run_id
        FROM market.daily_bars ORDER BY symbol, trade_date`),
  };
}

async function* bytesOf(file: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield typeof file === 'string' ? new TextEncoder().encode(file) : file;
}

const HEAD = 'ts_code,trade_date,open,high,low,close,pre_close,change,pct_chg,vol,amount';

/** Bars of the small market as Tushare writes them: lots, thousands of yuan, days without dashes. */
export function tushareFile(symbols: readonly string[], days: readonly string[]): string {
  const lines = symbols.flatMap((symbol) => days.map((day) => tushareLine(symbol, day)));
  return [HEAD, ...lines, ''].join('\n');
}

/** The same, with the lines of each day together. */
export function tushareFileByDay(symbols: readonly string[], days: readonly string[]): string {
  const lines = days.flatMap((day) => symbols.map((symbol) => tushareLine(symbol, day)));
  return [HEAD, ...lines, ''].join('\n');
}

export function tushareLine(symbol: string, day: string): string {
  const bar = rowOf('daily_bars', symbol, day as never) as Record<string, number>;
  const { open, high, low, close, pre_close } = bar;
  const prices = [open, high, low, close, pre_close, 0].map((one) => one?.toFixed(2)).join(',');
  return `${symbol},${day.replaceAll('-', '')},${prices},0,${bar['volume']! / 100},${bar['amount']! / 1000}`;
}

export const packed = (text: string | Uint8Array): Uint8Array => gzipSync(text);
