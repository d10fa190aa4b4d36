import { chown, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const NOBODY = 65_534;

/**
 * Does the work with the rights of an ordinary user who owns the folder: root may write anywhere, so
 * that a refusal by the file system cannot be seen with its rights.
 */
export async function asOrdinaryUser<T>(folder: string, work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  await chown(folder, NOBODY, NOBODY);
  for (const entry of await readdir(folder, { recursive: true }))
    await chown(join(folder, entry), NOBODY, NOBODY).catch(() => {});
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
