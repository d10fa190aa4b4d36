import { Readable } from 'node:stream';
import { operationCsvHead, operationCsvLine, type Language } from '@tapekeeper/core';
import type { AppDeps } from '../../../app/deps.ts';
import type { OperationFilter, OperationPage } from '../../../ports/operationStore.ts';

const BATCH_LINES = 1_000;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * The operations of a filter as CSV, newest first, read no faster than they are taken. What is wrong with the
 * question, or with the database, is thrown before the first bytes.
 */
export async function openCsv(
  { store }: Pick<AppDeps, 'store'>,
  filter: Omit<OperationFilter, 'before' | 'limit'>,
  { language, mark }: { readonly language: Language; readonly mark: boolean },
): Promise<Readable> {
  const read = (before: number | null): Promise<OperationPage> =>
    store.operations({ ...filter, before, limit: BATCH_LINES });
  const first = await read(null);
  const chunks = async function* (): AsyncGenerator<Buffer, void> {
    yield Buffer.from((mark ? BYTE_ORDER_MARK : '') + operationCsvHead(language));
    for (let page = first; ; page = await read(page.next)) {
      if (page.operations.length > 0) yield Buffer.from(page.operations.map(operationCsvLine).join(''));
      if (page.next === null) return;
    }
  };
  return Readable.from(chunks(), { objectMode: false });
}
