import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '@tapekeeper/core';

export interface FileWork {
  /** Whether what is there already may be replaced. */
  readonly force: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Writes a file that appears under its name only when it is whole and on the disk; returns its length.
 * Throws `file_exists`, `file_unwritable`, or `interrupted`, and leaves what was there as it was.
 */
export async function writeAtomically(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  { force, signal, onBytes }: FileWork,
): Promise<number> {
  await refuseExisting(file, force);
  const fresh = nameBeside(file);
  let bytes = 0;
  try {
    const handle = await onFile(file, open(fresh, 'wx'));
    try {
      for await (const chunk of chunks) {
        if (signal?.aborted === true) throw new AppError('interrupted');
        await onFile(file, handle.writeFile(chunk));
        bytes += chunk.length;
        onBytes?.(bytes);
      }
      await onFile(file, handle.sync());
    } finally {
      await handle.close();
    }
    // somebody may have come first meanwhile
    await refuseExisting(file, force);
    await moveDurably(file, fresh);
    return bytes;
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** A name in the same folder, so that a rename is all that is left to do. */
export function nameBeside(path: string): string {
  return `${path}.new-${randomUUID().slice(0, 8)}`;
}

/** Gives what was written its name, and has the name reach the disk. */
export async function moveDurably(path: string, fresh: string): Promise<void> {
  await onFile(path, rename(fresh, path));
  await syncFolder(dirname(path));
}

/** Windows opens no folders; there the rename is all that can be asked for. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function refuseExisting(path: string, force: boolean): Promise<void> {
  if (!force && (await exists(path))) throw new AppError('file_exists', { file: path });
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

/** Errors of the file system as ours; the others come from whoever gives the bytes. */
export async function onFile<T>(file: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new AppError('file_unwritable', { file, message }, error);
  }
}
