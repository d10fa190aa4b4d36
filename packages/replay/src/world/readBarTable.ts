import { basename } from 'node:path';
import type { BarTable, BarUnits } from './barTable.ts';
import { grouped } from './grouped.ts';
import { type BarScan, newScan, scanFile } from './scanBars.ts';

/**
 * Reads the bar files of one kind into a table. A row that comes twice counts as its last coming, so
 * that a later file may correct an earlier one. Throws an Error that names file and line when a file
 * cannot be unpacked, lacks a column, or has a row without symbol or day or of another width.
 */
export async function readBarTable(paths: readonly string[], units: BarUnits): Promise<BarTable> {
  const scan = newScan();
  for (const path of paths) {
    try {
      await scanFile(scan, path, units);
    } catch (cause) {
      throw new Error(`${basename(path)}: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
    }
  }
  return indexed(scan, units);
}

function indexed(scan: BarScan, units: BarUnits): BarTable {
  const symbols = [...scan.symbolIds.keys()].sort();
  const dayNumbers = [...scan.days.keys()].sort((a, b) => a - b);
  const order = sortedRows(scan, symbols);
  const rowCount = order.length;
  const rowSymbol = new Uint32Array(rowCount);
  const rowDay = new Uint32Array(rowCount);
  const rowChunk = new Uint32Array(rowCount);
  const rowStart = new Uint32Array(rowCount);
  const suspended = new Uint8Array(rowCount);
  const treated = new Uint8Array(rowCount);
  const rankOfId = ranks(scan, symbols);
  const dayIndex = new Map(dayNumbers.map((number, index) => [number, index]));
  const found = {
    symbol: scan.symbol.view(),
    day: scan.day.view(),
    chunk: scan.chunk.view(),
    start: scan.start.view(),
    suspended: scan.suspended.view(),
    treated: scan.treated.view(),
  };
  order.forEach((from, row) => {
    rowSymbol[row] = rankOfId[found.symbol[from]!]!;
    rowDay[row] = dayIndex.get(found.day[from]!)!;
    rowChunk[row] = found.chunk[from]!;
    rowStart[row] = found.start[from]!;
    suspended[row] = found.suspended[from]!;
    treated[row] = found.treated[from]!;
  });
  const byDay = grouped(rowDay, dayNumbers.length);
  const { chunks, columns } = scan;
  return {
    units,
    columns,
    symbols,
    days: dayNumbers.map((number) => scan.days.get(number)!),
    rowCount,
    symbolStart: grouped(rowSymbol, symbols.length).start,
    rowSymbol,
    rowDay,
    suspended,
    treated: columns.includes('is_st') ? treated : undefined,
    rowsOfDay: (index) => byDay.members.subarray(byDay.start[index], byDay.start[index + 1]),
    cells: (row) => cellsAt(chunks[rowChunk[row]!]!, rowStart[row]!),
  };
}

function cellsAt(text: string, start: number): string[] {
  const end = text.indexOf('\n', start);
  const stop = end < 0 ? text.length : end;
  return text.slice(start, text.charCodeAt(stop - 1) === 13 ? stop - 1 : stop).split(',');
}

function ranks(scan: BarScan, symbols: readonly string[]): Uint32Array {
  const rankOfId = new Uint32Array(symbols.length);
  symbols.forEach((symbol, rank) => {
    rankOfId[scan.symbolIds.get(symbol)!] = rank;
  });
  return rankOfId;
}

/** Places of the scan in the order of (symbol, day), each such pair once, by its last coming. */
function sortedRows(scan: BarScan, symbols: readonly string[]): Uint32Array {
  const days = scan.day.view();
  const rank = ranks(scan, symbols);
  const { start, members } = grouped(
    scan.symbol.view().map((id) => rank[id]!),
    symbols.length,
  );
  let kept = 0;
  for (let symbol = 0; symbol < symbols.length; symbol += 1) {
    const rows = members.slice(start[symbol], start[symbol + 1]);
    if (!ascends(rows, days)) rows.sort((a, b) => days[a]! - days[b]! || a - b);
    for (let index = 0; index < rows.length; index += 1) {
      const row = rows[index]!;
      const next = rows[index + 1];
      if (next !== undefined && days[next] === days[row]) continue;
      members[kept] = row;
      kept += 1;
    }
  }
  return members.subarray(0, kept);
}

function ascends(rows: Uint32Array, days: Uint32Array): boolean {
  for (let index = 1; index < rows.length; index += 1) {
    if (days[rows[index]!]! <= days[rows[index - 1]!]!) return false;
  }
  return true;
}
