import { AppError, CsvRows, readHeader, type FileLayout, type ImportHints } from '@tapekeeper/core';
import type { FileText, ImportFolder } from '../../ports/importFolder.ts';

/** A file whose head has been read. */
export interface OpenedFile extends Pick<FileText, 'encoding' | 'packed'> {
  readonly layout: FileLayout;
  /** The lines below the head as cells, some hundreds at a time. Read once. */
  readonly lines: AsyncGenerator<readonly (readonly string[])[]>;
}

/**
 * Opens a kept file and reads its head. Raises `import_file_missing`, `import_malformed`, `import_header`,
 * `import_units` and, while lines are read, `import_too_large`.
 */
export async function openFile(
  imports: ImportFolder,
  file: string,
  hints: ImportHints,
  signal: AbortSignal,
): Promise<OpenedFile> {
  const { encoding, packed, pieces } = await imports.read(file, signal);
  const rows = rowsOf(pieces);
  const first = await rows.next();
  if (first.done === true) throw new AppError('import_malformed', { problem: 'it is empty' });
  try {
    const layout = readHeader(first.value[0] ?? [], hints);
    return { encoding, packed, layout, lines: below(first.value.slice(1), rows, imports.mostRows) };
  } catch (error) {
    await rows.return(undefined);
    throw error;
  }
}

async function* rowsOf(pieces: AsyncIterable<string>): AsyncGenerator<readonly string[][]> {
  const csv = new CsvRows();
  for await (const piece of pieces) {
    const rows = csv.push(piece);
    if (rows.length > 0) yield rows;
  }
  const rest = csv.end();
  if (rest.length > 0) yield rest;
}

async function* below(
  first: readonly string[][],
  others: AsyncGenerator<readonly string[][]>,
  most: number,
): AsyncGenerator<readonly string[][]> {
  let count = first.length;
  try {
    yield first;
    for await (const rows of others) {
      count += rows.length;
      if (count > most) {
        const problem = `it has more than ${most} lines`;
        throw new AppError('import_too_large', { problem, setting: 'TAPEKEEPER_IMPORT_ROWS' });
      }
      yield rows;
    }
  } finally {
    await others.return(undefined);
  }
}
