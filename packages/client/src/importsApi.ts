import type { ImportQuery, Run } from '@tapekeeper/contract';
import type { NamedFile } from './client.ts';

/** Rows that people bring in files. */
export interface ImportsApi {
  /** Sends a file; its head is checked before the answer, its rows are the work of the run. */
  importFile(query: ImportQuery, file: NamedFile): Promise<Run>;
}
