import {
  AppError,
  IMPORTED_IDS,
  isImported,
  readSpelling,
  type ImportHints,
  type ImportParams,
} from '@tapekeeper/core';
import { readDataset } from '../requestSync.ts';

/** What a person says of a file, checked. Raises `unknown_dataset`, `import_dataset` and `bad_request`. */
export function readImport({ dataset: name, volume, amount, symbol }: ImportParams): ImportHints {
  const dataset = readDataset(name);
  if (!isImported(dataset)) throw new AppError('import_dataset', { dataset, known: IMPORTED_IDS.join(', ') });
  if (symbol === undefined) return { dataset, volume, amount };
  const read = readSpelling(symbol);
  if ('fault' in read || read.kind !== 'stock')
    throw new AppError('bad_request', { problem: `"${symbol}" is the symbol of no stock.` });
  return { dataset, volume, amount, symbol: read.symbol };
}
