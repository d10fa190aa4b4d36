/**
 * Makes packages/replay/sample from a folder of real data:
 *
 *   node scripts/makeSample.ts <folder with bars_daily_raw*, tushare_daily_adj*, stock_basic, trading_calendar>
 *
 * The same folder always gives the same bytes.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { compactDay, plainDay } from '@tapekeeper/core';
import { type BarTable, rowsInRange, symbolIndex } from '../packages/replay/src/world/barTable.ts';
import { csvCell, parseCsv } from '../packages/replay/src/world/csv.ts';
import { readBarTable } from '../packages/replay/src/world/readBarTable.ts';
import { sampleFolder } from '../packages/replay/src/world/sampleFolder.ts';
import { wholeText } from '../packages/replay/src/world/textChunks.ts';
import { factorsOfRows } from '../packages/replay/src/world/universe.ts';

const FROM = plainDay('2023-01-03');
const TO = plainDay('2024-12-31');
const SYMBOLS = 100;

const source = process.argv[2];
if (source === undefined) {
  console.error('Usage: node scripts/makeSample.ts <folder of real data>');
  process.exit(64);
}
const target = sampleFolder();
const raw = await readBarTable(await paths('bars_daily_raw'), 'baostock');
const lots = await readBarTable(await paths('tushare_daily_adj'), 'tushare');
const symbols = chosen();

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await save('stock_basic.csv', await stockLines());
await save(
  'trading_calendar.csv',
  (await wholeText(join(source, 'trading_calendar.csv'))).trimEnd().split('\n'),
);
await save('adj_factor_changes.csv', factorLines());
await save('bars_daily_raw.csv.gz', barLines());
await writeFile(join(target, 'README.md'), readme());

/**
 * Symbols whose factors are known, then those with something to tell within the span (suspended days,
 * a listing, an end), then an even choice of the others.
 */
function chosen(): string[] {
  const withFactors = raw.symbols.filter((symbol) => symbolIndex(lots, symbol) >= 0);
  const others = raw.symbols.filter((symbol) => symbol.endsWith('.SH'));
  const telling = others.filter((symbol) => isTelling(raw, symbol));
  const plain = others.filter((symbol) => !telling.includes(symbol));
  const places = SYMBOLS - withFactors.length - telling.length;
  const spread = Array.from(
    { length: places },
    (_, index) => plain[Math.floor((index * plain.length) / places)]!,
  );
  return [...new Set([...withFactors, ...telling, ...spread])].sort();
}

function isTelling(table: BarTable, symbol: string): boolean {
  const rows = rowsOf(table, symbol);
  const full = table.days.filter((day) => day >= FROM && day <= TO).length;
  return rows.length > 0 && (rows.length < full || rows.some((row) => table.suspended[row] === 1));
}

function rowsOf(table: BarTable, symbol: string): number[] {
  const [from, to] = rowsInRange(table, symbolIndex(table, symbol), FROM, TO);
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function barLines(): string[] {
  const rows = symbols.flatMap((symbol) => rowsOf(raw, symbol));
  return [raw.columns.join(','), ...rows.map((row) => raw.cells(row).join(','))];
}

/** First factor, every change, and a last line that says how far the factors are known. */
function factorLines(): string[] {
  const lines = symbols.flatMap((symbol) => {
    const steps = factorsOfRows(lots, symbol);
    return (steps?.days ?? []).map((day, index) => `${symbol},${compactDay(day)},${steps!.texts[index]}`);
  });
  return ['ts_code,effective_date,adj_factor', ...lines];
}

async function stockLines(): Promise<string[]> {
  const { columns, rows } = parseCsv(await wholeText(join(source!, 'stock_basic.csv')));
  const at = columns.indexOf('ts_code');
  return [columns, ...rows.filter((row) => symbols.includes(row[at]!))].map((row) =>
    row.map(csvCell).join(','),
  );
}

async function paths(start: string): Promise<string[]> {
  const names = (await readdir(source!)).filter((name) => name.startsWith(start)).sort();
  return names.map((name) => join(source!, name));
}

async function save(name: string, lines: readonly string[]): Promise<void> {
  const text = Buffer.from(`${lines.join('\n')}\n`);
  const bytes = name.endsWith('.gz') ? gzipSync(text, { level: 9 }) : text;
  // Byte 9 of a gzip names the system that made it; the same data must give the same file anywhere.
  if (name.endsWith('.gz')) bytes[9] = 255;
  await writeFile(join(target, name), bytes);
  console.log(`${name}: ${lines.length - 1} rows, ${bytes.length} bytes`);
}

function readme(): string {
  return `# Sample data

${symbols.length} symbols of the Shanghai and Shenzhen exchanges, ${FROM} to ${TO}, made by \`scripts/makeSample.ts\`.

- \`bars_daily_raw.csv.gz\`: daily bars, unadjusted, in yuan, shares and percent; suspended days have \`trade_status\` 0
- \`adj_factor_changes.csv\`: known adjustment factors, the first, each change, and the last day for which one is known
- \`stock_basic.csv\`: the stock list in Tushare's columns, as of February 2026
- \`trading_calendar.csv\`: the calendar that Shanghai, Shenzhen and Beijing share, 1990 to 2026

Prices are facts of the exchanges. The files were compiled from repositories under the MIT licence:
wywzxxz/proof-that-stock-is-predictable (bars), yhhe2004/QuantSandbox (list, factors) and akfamily/akshare (calendar).
`;
}
