import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

/** One line of a file by column name; an empty cell is an empty text. */
export type FileRow = Readonly<Record<string, string>>;

/** A file of bars in memory, its lines by symbol in the order of the file, read into cells only when asked for. */
export interface BarFile {
  readonly columns: readonly string[];
  readonly lines: ReadonlyMap<string, readonly string[]>;
}

/** Reads a plain (unquoted) CSV, compressed or not, whose first column is the symbol. */
export async function readBarFile(path: string): Promise<BarFile> {
  const file = createReadStream(path);
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  const lines = new Map<string, string[]>();
  let columns: readonly string[] | undefined;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (columns === undefined) {
      columns = line.split(',');
      continue;
    }
    const symbol = line.slice(0, line.indexOf(','));
    const own = lines.get(symbol);
    if (own) own.push(line);
    else lines.set(symbol, [line]);
  }
  return { columns: columns ?? [], lines };
}

export function rowsOf(file: BarFile, symbol: string): readonly FileRow[] {
  return (file.lines.get(symbol) ?? []).map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(file.columns.map((column, at) => [column, cells[at] ?? '']));
  });
}
