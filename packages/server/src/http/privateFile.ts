import { open, rename, rm } from 'node:fs/promises';

const OWNER_ONLY = 0o600;

/** Writes a file that its owner alone may read, whole or not at all. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`;
  // a file that a crash left behind keeps its old mode, so it goes first
  await rm(fresh, { force: true });
  const file = await open(fresh, 'wx', OWNER_ONLY);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
}
