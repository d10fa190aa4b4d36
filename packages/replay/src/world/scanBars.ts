import { parseDay, parseSymbol, type PlainDay } from '@tapekeeper/core';
import type { BarUnits } from './barTable.ts';
import { GrowingInts } from './growingInts.ts';
import { textChunks } from './textChunks.ts';

const NEEDED: Readonly<Record<BarUnits, readonly string[]>> = {
  baostock: ['open', 'high', 'low', 'close', 'pre_close', 'volume', 'amount'],
  tushare: ['open', 'high', 'low', 'close', 'pre_close', 'vol', 'amount'],
};

const COMMA = 44;
const DASH = 45;
const ZERO = 48;
const ONE = 49;

/** What is known of the rows after one pass over the files, in the order of the files. */
export interface BarScan {
  readonly columns: string[];
  readonly chunks: string[];
  readonly symbolIds: Map<string, number>;
  readonly days: Map<number, PlainDay>;
  readonly symbol: GrowingInts;
  /** Day as the number 20240131. */
  readonly day: GrowingInts;
  readonly chunk: GrowingInts;
  readonly start: GrowingInts;
  readonly suspended: GrowingInts;
  readonly treated: GrowingInts;
}

export function newScan(): BarScan {
  return {
    columns: [],
    chunks: [],
    symbolIds: new Map(),
    days: new Map(),
    symbol: new GrowingInts(),
    day: new GrowingInts(),
    chunk: new GrowingInts(),
    start: new GrowingInts(),
    suspended: new GrowingInts(),
    treated: new GrowingInts(),
  };
}

/**
 * Adds the rows of a file. Throws an Error that names the line when the header lacks a column, or a
 * row has no symbol, no day or the wrong number of cells.
 */
export async function scanFile(scan: BarScan, path: string, units: BarUnits): Promise<void> {
  let line = 1;
  for await (const text of textChunks(path, 'latin1')) {
    let at = 0;
    if (line === 1) {
      at = lineEnd(text, 0) + 1;
      readHeader(scan, text.slice(0, at).trim(), units);
      line = 2;
    }
    line = scanLines(scan, text, at, line);
  }
  if (line === 1) throw new Error('it is empty');
}

function readHeader(scan: BarScan, header: string, units: BarUnits): void {
  const columns = header.split(',');
  if (columns[0] !== 'ts_code' || columns[1] !== 'trade_date') {
    throw new Error('it does not begin with the columns ts_code,trade_date');
  }
  const missing = NEEDED[units].filter((name) => !columns.includes(name));
  if (missing.length > 0) throw new Error(`it lacks the columns ${missing.join(', ')}`);
  if (scan.columns.length === 0) scan.columns.push(...columns);
  else if (scan.columns.join() !== columns.join())
    throw new Error('it has other columns than the files before it');
}

function scanLines(scan: BarScan, text: string, from: number, firstLine: number): number {
  const commas = scan.columns.length - 1;
  const statusColumn = scan.columns.indexOf('trade_status');
  const treatedColumn = scan.columns.indexOf('is_st');
  const chunk = scan.chunks.push(text) - 1;
  let symbol = '\n';
  let symbolId = -1;
  let line = firstLine;
  for (let at = from; at < text.length; line += 1) {
    const end = lineEnd(text, at);
    if (end === at) {
      at += 1;
      continue;
    }
    if (!text.startsWith(symbol, at)) {
      const name = text.slice(at, text.indexOf(',', at));
      symbolId = idOf(scan, name);
      symbol = `${name},`;
      if (symbolId < 0) throw new Error(`line ${line} begins with no symbol`);
    }
    const day = dayAt(scan, text, at + symbol.length);
    if (day === 0) throw new Error(`line ${line} has no day`);

    let count = 0;
    let suspended = 0;
    let treated = 0;
    for (let place = at; place < end; place += 1) {
      if (text.charCodeAt(place) !== COMMA) continue;
      count += 1;
      if (count === statusColumn && text.charCodeAt(place + 1) === ZERO) suspended = 1;
      if (count === treatedColumn && text.charCodeAt(place + 1) === ONE) treated = 1;
    }
    if (count !== commas) throw new Error(`line ${line} has ${count + 1} cells instead of ${commas + 1}`);
    scan.symbol.push(symbolId);
    scan.day.push(day);
    scan.chunk.push(chunk);
    scan.start.push(at);
    scan.suspended.push(suspended);
    scan.treated.push(treated);
    at = end + 1;
  }
  return line;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function idOf(scan: BarScan, name: string): number {
  const known = scan.symbolIds.get(name);
  if (known !== undefined) return known;
  if (parseSymbol(name) !== name) return -1;
  scan.symbolIds.set(name, scan.symbolIds.size);
  return scan.symbolIds.size - 1;
}

/** The day written at a place, `2024-01-31` or `20240131`, as the number 20240131; 0 if there is none. */
function dayAt(scan: BarScan, text: string, at: number): number {
  const dashed = text.charCodeAt(at + 4) === DASH;
  const length = dashed ? 10 : 8;
  let number = 0;
  for (let place = at; place < at + length; place += 1) {
    const digit = text.charCodeAt(place) - ZERO;
    if (digit >= 0 && digit <= 9) number = number * 10 + digit;
  }
  if (text.charCodeAt(at + length) !== COMMA) return 0;
  if (scan.days.has(number)) return number;
  const day = parseDay(text.slice(at, at + length));
  if (day === undefined) return 0;
  scan.days.set(number, day);
  return number;
}
