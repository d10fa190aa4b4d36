import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

/** Rows of a plain (unquoted) CSV, compressed or not, one at a time by column name. */
export async function* csvRows(path: string): AsyncGenerator<Readonly<Record<string, string>>> {
  const file = createReadStream(path);
  const lines = createInterface({ input: path.endsWith('.gz') ? file.pipe(createGunzip()) : file, crlfDelay: Infinity });
  let columns: readonly string[] | undefined;
  for await (const line of lines) {
    const cells = line.split(',');
    if (columns === undefined) columns = cells;
    else yield Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? '']));
  }
}
