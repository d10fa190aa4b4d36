import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { AppError, isAppError } from '@tapekeeper/core';
import type { Clock } from '../ports/clock.ts';
import type { FileText, ImportFolder } from '../ports/importFolder.ts';

export interface ImportFolderOptions {
  readonly folder: string;
  readonly mostBytes: number;
  readonly mostRows: number;
  readonly clock: Pick<Clock, 'now'>;
}

/** How much larger than a file may be what is packed in it; tables of figures shrink to a third or a sixth. */
const MOST_UNPACKED = 16;
/** Enough to see a file's head and how it is written. */
const HEAD_BYTES = 65_536;
/** What an upload that broke off has left is nobody's after this. */
const ORPHAN_AGE_MS = 3_600_000;
const MADE_NAME = /^[0-9a-f-]{36}$/;

/** A folder that is made when the first file is brought. Files have made-up names, and only their owner may read them. */
export function createImportFolder({
  folder,
  mostBytes,
  mostRows,
  clock,
}: ImportFolderOptions): ImportFolder {
  const dir = resolve(folder);
  const pathOf = (file: string): string => {
    if (!MADE_NAME.test(file)) throw new AppError('import_file_missing', { file });
    return join(dir, file);
  };
  return {
    mostBytes,
    mostRows,
    async keep(bytes) {
      await mkdir(dir, { recursive: true, mode: 0o700 }).catch((error: unknown) =>
        Promise.reject(asOurs(dir, error)),
      );
      const file = randomUUID();
      const path = pathOf(file);
      let size = 0;
      const counted = async function* () {
        for await (const chunk of bytes) {
          size += chunk.length;
          if (size > mostBytes) throw tooLarge(`it has more than ${mostBytes / 1_000_000} MB`);
          yield chunk;
        }
      };
      try {
        await pipeline(counted, createWriteStream(path, { mode: 0o600, flags: 'wx', flush: true }));
      } catch (error) {
        await rm(path, { force: true });
        throw asOurs(path, error);
      }
      return { file, bytes: size };
    },
    read: (file, signal) => readText(pathOf(file), file, mostBytes * MOST_UNPACKED, signal),
    remove: (file) => rm(pathOf(file), { force: true }),
    async prune(needed) {
      for (const name of await readdir(dir).catch(() => [])) {
        if (!MADE_NAME.test(name) || needed.has(name)) continue;
        const { mtimeMs } = await stat(join(dir, name)).catch(() => ({ mtimeMs: Infinity }));
        if (mtimeMs < clock.now() - ORPHAN_AGE_MS) await rm(join(dir, name), { force: true });
      }
    },
  };
}

/** A full disk and missing rights are told as such; what was wrong with the bytes is for who gave them. */
function asOurs(file: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  const isOfDisk = ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS'].includes(code ?? '');
  return isOfDisk ? new AppError('file_unwritable', { file, message }, error) : error;
}

function tooLarge(problem: string): AppError {
  return new AppError('import_too_large', { problem, setting: 'TAPEKEEPER_IMPORT_MEGABYTES' });
}

async function readText(
  path: string,
  file: string,
  mostBytes: number,
  signal: AbortSignal,
): Promise<FileText> {
  const packed = await isPacked(path, file);
  const head: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytesOf(path, packed, mostBytes, signal)) {
    head.push(chunk);
    size += chunk.length;
    if (size >= HEAD_BYTES) break;
  }
  const encoding = encodingOf(Buffer.concat(head).subarray(0, HEAD_BYTES));
  const pieces = async function* () {
    const decoder = new TextDecoder(encoding);
    for await (const chunk of bytesOf(path, packed, mostBytes, signal))
      yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  };
  return { encoding, packed, pieces: pieces() };
}

async function isPacked(path: string, file: string): Promise<boolean> {
  try {
    const handle = await open(path);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new AppError('import_file_missing', { file }, error);
  }
}

/** The bytes of a file, unpacked as they are read and no further than allowed. */
async function* bytesOf(
  path: string,
  packed: boolean,
  mostBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const source = createReadStream(path, { signal });
  const unpacked = packed ? source.pipe(createGunzip()) : source;
  // a pipe does not hand its errors on
  source.on('error', (error) => unpacked.destroy(error));
  let size = 0;
  try {
    for await (const chunk of unpacked as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > mostBytes) throw tooLarge(`unpacked it has more than ${mostBytes / 1_000_000} MB`);
      yield chunk;
    }
  } catch (error) {
    if (signal.aborted) throw new AppError('interrupted', {}, error);
    if (isAppError(error)) throw error;
    throw new AppError(
      'import_malformed',
      { problem: 'it breaks off, or is not packed as gzip does' },
      error,
    );
  } finally {
    source.destroy();
    unpacked.destroy();
  }
}

/** GBK is hardly ever valid UTF-8 by chance. */
function encodingOf(head: Uint8Array): FileText['encoding'] {
  try {
    // the last character of a long head may be cut
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return 'utf-8';
  } catch {
    return 'gb18030';
  }
}
