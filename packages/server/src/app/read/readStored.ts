import type { Row } from '@tapekeeper/core';
import type { DataReader, RowQuery } from '../../ports/dataReader.ts';

/** A page of rows of a stored data set, for answers that are small by their nature: the query has a limit. */
export async function readStored(
  reader: Pick<DataReader, 'openSnapshot'>,
  query: RowQuery & { readonly limit: number },
): Promise<readonly Row[]> {
  const snapshot = await reader.openSnapshot('short');
  try {
    return await snapshot.rows(query);
  } finally {
    await snapshot.close();
  }
}
