import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { AppError } from '@tapekeeper/core';
import { writeDurably } from './durableFile.ts';

/** The embedded server listens on loopback only. */
export const LOOPBACK = '127.0.0.1';

/** Below the range from which systems give ports to outgoing connections, so that it stays free. */
const FIRST_PORT = 15_432;
const PORTS_TRIED = 500;

/**
 * The port of the last start if it is still free, else the first free one, which is then kept: addresses
 * that people have saved go on working. Each data directory begins to look at a place of its own: else a second
 * installation would take the port of the first whenever that is stopped.
 */
export async function choosePort(dataDir: string): Promise<number> {
  const kept = await readKept(dataDir);
  if (kept !== undefined && (await isFree(kept))) return kept;
  const port = await firstFree(dataDir);
  await writeDurably(portFile(dataDir), `${port}\n`, 0o644);
  return port;
}

export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host: LOOPBACK, exclusive: true }, resolve);
    });
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

async function firstFree(dataDir: string): Promise<number> {
  const place = createHash('sha256').update(resolve(dataDir)).digest().readUInt32BE();
  for (let step = 0; step < PORTS_TRIED; step += 1) {
    const port = FIRST_PORT + ((place + step) % PORTS_TRIED);
    if (await isFree(port)) return port;
  }
  const message = `no port from ${FIRST_PORT} to ${FIRST_PORT + PORTS_TRIED - 1} is free.`;
  throw new AppError('database_start_failed', { dir: dataDir, message });
}

async function readKept(dataDir: string): Promise<number | undefined> {
  const text = await readFile(portFile(dataDir), 'utf8').catch(() => '');
  const port = Number(text.trim());
  return Number.isInteger(port) && port > 1023 && port < 65_536 ? port : undefined;
}

function portFile(dataDir: string): string {
  return join(dataDir, 'postgres.port');
}
