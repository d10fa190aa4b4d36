import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of the server's log that are kept; with their size this bounds the log. */
const FILES_KEPT = 5;
const TAIL_BYTES = 4096;

/** Removes all but the newest files of the server's log. */
export async function pruneServerLog(clusterDir: string): Promise<void> {
  const files = await listLogFiles(clusterDir);
  for (const file of files.slice(0, -FILES_KEPT)) await rm(file, { force: true });
}

/** The last reasons that the server gave, for an error's text. */
export async function lastComplaints(clusterDir: string): Promise<string> {
  const newest = (await listLogFiles(clusterDir)).at(-1);
  if (newest === undefined) return '';
  const lines = (await readTail(newest))
    .split('\n')
    .filter((line) => /(FATAL|PANIC|ERROR|HINT|DETAIL): /.test(line));
  return lines
    .slice(-4)
    .map((line) => line.replace(/^.*?(FATAL|PANIC|ERROR|HINT|DETAIL): +/, ''))
    .join(' ');
}

/** Oldest first: the names carry the time. */
async function listLogFiles(clusterDir: string): Promise<readonly string[]> {
  const folder = join(clusterDir, 'log');
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => /^postgres-\d+-\d+\.log$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

async function readTail(path: string): Promise<string> {
  const { size } = await stat(path);
  const file = await open(path, 'r');
  try {
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8');
  } finally {
    await file.close();
  }
}
