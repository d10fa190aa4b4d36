import { AppError, readLine, type LineContext, type PlainDay, type Row } from '@tapekeeper/core';
import type { UnreadableRow } from '../../ports/source.ts';
import type { OpenedFile } from './openFile.ts';

/** The rows of one symbol in a file. */
export interface SymbolRows {
  readonly symbol: string;
  rows: number;
  from: PlainDay;
  to: PlainDay;
}

/** What a file holds, counted before anything of it is written. */
export interface ScannedFile {
  /** In the order in which they come first. */
  readonly symbols: readonly SymbolRows[];
  readonly rows: number;
  /** Days that the file itself marks as without trading. */
  readonly suspended: number;
  readonly unreadable: readonly UnreadableRow[];
}

/** A file with more of these is none of ours, or was described wrongly. */
const MOST_UNREADABLE = 1_000;
/** More days than exchanges have been open. */
const MOST_OF_A_SYMBOL = 20_000;
const LONGEST_RAW = 500;

/**
 * Reads all lines once. Raises `import_unreadable`, `import_adjusted` and `import_malformed` for files of
 * which nothing should be written.
 */
export async function scanFile(
  { lines }: Pick<OpenedFile, 'lines'>,
  context: LineContext,
  presentCode: (symbol: string) => string,
  onLines: (read: number) => void,
): Promise<ScannedFile> {
  const symbols = new Map<string, SymbolRows>();
  const unreadable: UnreadableRow[] = [];
  let [read, rows, suspended, faults] = [0, 0, 0, 0];
  for await (const batch of lines) {
    for (const cells of batch) {
      read += 1;
      const line = readLine(cells, context);
      if (line.kind === 'row') {
        rows += 1;
        count(symbols, presentCode(line.symbol), line.day);
      } else if (line.kind === 'suspended') suspended += 1;
      else if (line.kind === 'adjusted') throw new AppError('import_adjusted');
      else if (++faults <= MOST_UNREADABLE) {
        const { reason, symbol, day } = line;
        const raw = cells.join(',').slice(0, LONGEST_RAW);
        unreadable.push({ reason: `line ${read + 1}: ${reason}`, raw, symbol, day });
      }
    }
    onLines(read);
  }
  if (faults > MOST_UNREADABLE || (rows === 0 && faults > 0))
    throw new AppError('import_unreadable', { count: faults, problem: unreadable[0]?.reason ?? '' });
  if (rows === 0) throw new AppError('import_malformed', { problem: 'no row stands below its head' });
  return { symbols: [...symbols.values()], rows, suspended, unreadable };
}

function count(symbols: Map<string, SymbolRows>, symbol: string, day: PlainDay): void {
  const known = symbols.get(symbol);
  if (known === undefined) {
    symbols.set(symbol, { symbol, rows: 1, from: day, to: day });
    return;
  }
  known.rows += 1;
  if (day < known.from) known.from = day;
  if (day > known.to) known.to = day;
  if (known.rows > MOST_OF_A_SYMBOL)
    throw new AppError('import_malformed', { problem: `it has more rows of ${symbol} than there were days` });
}

/** The rows of a file that has been scanned, under the codes that their instruments have today. */
export async function* rowsOf(
  { lines }: Pick<OpenedFile, 'lines'>,
  context: LineContext,
  presentCode: (symbol: string) => string,
): AsyncGenerator<Row> {
  for await (const batch of lines) {
    for (const cells of batch) {
      const line = readLine(cells, context);
      if (line.kind !== 'row') continue;
      const symbol = presentCode(line.symbol);
      yield symbol === line.symbol ? line.row : { ...line.row, symbol };
    }
  }
}
