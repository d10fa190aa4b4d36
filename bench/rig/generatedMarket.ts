import { createWriteStream } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  builtinCalendar,
  compactDay,
  exchangeOf,
  FIRST_SESSION,
  plainDay,
  type PlainDay,
  type Symbol,
} from '@tapekeeper/core';
import { sampleFolder } from '@tapekeeper/replay';
import { generatedSymbols } from '../../test/support/generatedSymbols.ts';

const FIRST_DAY = plainDay('2010-01-04');
const LAST_DAY = plainDay('2024-12-31');
const EXCHANGE_NAME = { SH: 'SSE', SZ: 'SZSE', BJ: 'BSE' } as const;

const BAR_COLUMNS = 'ts_code,trade_date,open,high,low,close,pre_close,change,pct_chg,vol,amount,adj_factor';
const LIST_COLUMNS =
  'ts_code,symbol,name,area,industry,fullname,enname,cnspell,market,exchange,curr_type,list_status,list_date,delist_date,is_hs,act_ent_type';

/**
 * Writes a folder that a replay upstream can serve: so many symbols on the last so many trading days up to
 * the end of 2024, as wide as the real market. Prices move by a little each day, in the same way at every run.
 */
export async function writeMarket(folder: string, size: { symbols: number; days: number }): Promise<void> {
  const symbols = generatedSymbols(size.symbols);
  const days = builtinCalendar().tradingDays(FIRST_DAY, LAST_DAY).slice(-size.days);
  await copyFile(join(sampleFolder(), 'trading_calendar.csv'), join(folder, 'trading_calendar.csv'));
  await writeFile(join(folder, 'stock_basic.csv'), lines([LIST_COLUMNS, ...symbols.map(listLine)]));
  await pipeline(
    Readable.from(barTable(symbols, days)),
    createWriteStream(join(folder, 'tushare_daily_adj.csv')),
  );
}

function* barTable(symbols: readonly Symbol[], days: readonly PlainDay[]): Generator<string> {
  yield lines([BAR_COLUMNS]);
  for (const [at, symbol] of symbols.entries()) {
    const opened = FIRST_SESSION[exchangeOf(symbol)];
    const own = days.filter((day) => day >= opened);
    if (own.length > 0) yield lines(barLines(symbol, at, own));
  }
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

function listLine(symbol: Symbol): string {
  const exchange = EXCHANGE_NAME[symbol.slice(7) as keyof typeof EXCHANGE_NAME];
  return `${symbol},${symbol.slice(0, 6)},Stock ${symbol.slice(0, 6)},,,,,,,${exchange},CNY,L,${compactDay(FIRST_DAY)},,N,`;
}

/** Cents all the way: the prices are whole numbers until they are written. */
function barLines(symbol: Symbol, at: number, days: readonly PlainDay[]): string[] {
  let last = 500 + ((at * 37) % 9000);
  return days.map((day, index) => {
    const step = ((at * 7 + index * 13) % 21) - 10;
    const open = last + (step >> 1);
    const close = last + step;
    const [low, high] = [Math.min(open, close) - 2, Math.max(open, close) + 3];
    const lots = 10_000 + ((at * 991 + index * 4507) % 500_000);
    // lots of 100 shares at a price in cents make yuan; amounts are in thousands of yuan
    const amount = (lots * (open + close)) / 2 / 1000;
    const change = ((close - last) * 100) / last;
    const prices = [open, high, low, close, last, close - last].map((cents) => (cents / 100).toFixed(2));
    last = close;
    return `${symbol},${compactDay(day)},${prices.join(',')},${change.toFixed(4)},${lots},${amount.toFixed(2)},1`;
  });
}
