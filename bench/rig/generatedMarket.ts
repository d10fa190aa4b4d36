import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtinCalendar, compactDay, plainDay, type PlainDay, type Symbol } from '@tapekeeper/core';
import { sampleFolder } from '@tapekeeper/replay';
import { generatedSymbols } from '../../test/support/generatedSymbols.ts';

const LAST_DAY = plainDay('2024-12-31');
const LISTED = '20100104';
const EXCHANGE_NAME = { SH: 'SSE', SZ: 'SZSE', BJ: 'BSE' } as const;

const BAR_COLUMNS = 'ts_code,trade_date,open,high,low,close,pre_close,change,pct_chg,vol,amount,adj_factor';
const LIST_COLUMNS =
  'ts_code,symbol,name,area,industry,fullname,enname,cnspell,market,exchange,curr_type,list_status,list_date,delist_date,is_hs,act_ent_type';

/**
 * Writes a folder that a replay upstream can serve: so many symbols on the last so many trading days of
 * 2024, as wide as the real market. Prices move by a little each day, in the same way at every run.
 */
export async function writeMarket(folder: string, size: { symbols: number; days: number }): Promise<void> {
  const symbols = generatedSymbols(size.symbols);
  const days = builtinCalendar().tradingDays(plainDay('2024-01-01'), LAST_DAY).slice(-size.days);
  await copyFile(join(sampleFolder(), 'trading_calendar.csv'), join(folder, 'trading_calendar.csv'));
  await writeFile(join(folder, 'stock_basic.csv'), lines([LIST_COLUMNS, ...symbols.map(listLine)]));
  await writeFile(
    join(folder, 'tushare_daily_adj.csv'),
    lines([BAR_COLUMNS, ...symbols.flatMap((symbol, at) => barLines(symbol, at, days))]),
  );
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

function listLine(symbol: Symbol): string {
  const exchange = EXCHANGE_NAME[symbol.slice(7) as keyof typeof EXCHANGE_NAME];
  return `${symbol},${symbol.slice(0, 6)},Stock ${symbol.slice(0, 6)},,,,,,,${exchange},CNY,L,${LISTED},,N,`;
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
