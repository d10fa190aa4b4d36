import { runSchema } from '@tapekeeper/contract';
import type { Query, Reader } from './asking.ts';
import type { NamedFile } from './client.ts';
import type { ImportsApi } from './importsApi.ts';

type Send = <T>(path: string, query: Query, file: NamedFile, reader: Reader<T>) => Promise<T>;

/** Sending files, over a way to send one. */
export function importsClient(send: Send): ImportsApi {
  return { importFile: (query, file) => send('/v1/imports', { ...query }, file, runSchema) };
}
