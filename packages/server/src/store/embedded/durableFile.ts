import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a small file so that after a crash at any moment either the old text or the new is there.
 * The mode holds from the first byte on.
 */
export async function writeDurably(path: string, text: string, mode: number): Promise<void> {
  const fresh = `${path}.new-${randomUUID().slice(0, 8)}`;
  try {
    const file = await open(fresh, 'wx', mode);
    try {
      await file.chmod(mode);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await renameDurably(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** Renames a file or folder and has the new name reach the disk. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}

/** Has what was written into a file reach the disk. */
export async function syncFile(path: string): Promise<void> {
  await sync(path, 'r+');
}

/** Windows opens no folders; there the rename is all that can be asked for. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform !== 'win32') await sync(path, 'r');
}

async function sync(path: string, flags: 'r' | 'r+'): Promise<void> {
  const opened = await open(path, flags);
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
