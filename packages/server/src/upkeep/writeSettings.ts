import { readFile } from 'node:fs/promises';
import { ownSettingsFile } from '../config.ts';
import { writeDurably } from '../store/embedded/durableFile.ts';

/** It holds the token. */
const PRIVATE = 0o600;

/** Sets some settings in the file of a data directory, and keeps the others. Returns the file. */
export async function writeSettings(
  dataDir: string,
  changes: Readonly<Record<string, string>>,
): Promise<string> {
  const file = ownSettingsFile(dataDir);
  const known = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Record<string, unknown>;
  await writeDurably(file, `${JSON.stringify({ ...known, ...changes }, undefined, 2)}\n`, PRIVATE);
  return file;
}
