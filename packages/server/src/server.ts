import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { AppError, isoInstant } from '@tapekeeper/core';
import { ensureToken, tokenFileOf } from './http/apiToken.ts';
import type { HttpApp } from './http/context.ts';
import { createHttp } from './http/createHttp.ts';
import { removeServerFile, writeServerFile } from './http/serverFile.ts';
import type { Installation } from './main.ts';
import type { Clock } from './ports/clock.ts';
import { migrationStatus } from './store/migrate.ts';
import { PRODUCT_VERSION } from './upkeep/productVersion.ts';

export { findServer, type FoundServer } from './http/findServer.ts';

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** Takes no more requests and finishes those at hand within a grace; calling it again does nothing. */
  stop(): Promise<void>;
}

/** There is no account yet, so nobody but this machine is answered. */
const HOST = '127.0.0.1';
const STOP_GRACE_MS = 5_000;
const PAGE_DIR = fileURLToPath(new URL('../../web/public/', import.meta.url));

/**
 * Serves an opened installation on the loopback interface; port 0 takes a free one. The worker is the
 * caller's. Throws `port_taken`, or `bad_setting` for a port that this user may not listen on.
 */
export async function startServer(
  installation: Installation,
  options: { readonly port: number },
): Promise<RunningServer> {
  const { config, deps, db } = installation;
  const { dataDir } = config;
  const startedAt = deps.clock.now();
  const app: HttpApp = createHttp({
    deps,
    facts: { version: PRODUCT_VERSION, mode: config.mode, startedAt },
    token: await ensureToken(dataDir),
    tokenFile: tokenFileOf(dataDir),
    openReading: config.openReading,
    port: () => portOf(app),
    schemaStatus: () => migrationStatus(db),
    pageDir: PAGE_DIR,
  });
  await listen(app, options.port);
  const port = portOf(app);
  const url = `http://${HOST}:${port}`;
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await removeServerFile(dataDir);
    await closeWithin(app, STOP_GRACE_MS, deps.clock);
  };
  try {
    await writeServerFile(dataDir, { url, pid: process.pid, startedAt: isoInstant(startedAt) });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, port, stop: () => (stopping ??= stop()) };
}

async function listen(app: HttpApp, port: number): Promise<void> {
  try {
    await app.listen({ host: HOST, port });
  } catch (error) {
    await app.close();
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') throw new AppError('port_taken', { port }, error);
    if (code === 'EACCES') {
      throw new AppError('bad_setting', { problem: `this user may not listen on port ${port}.` }, error);
    }
    throw error;
  }
}

function portOf(app: HttpApp): number {
  return (app.server.address() as AddressInfo | null)?.port ?? 0;
}

/** Connections that are still busy after the grace are cut. */
async function closeWithin(app: HttpApp, graceMs: number, clock: Clock): Promise<void> {
  const waiting = new AbortController();
  const late = clock.sleep(graceMs, waiting.signal).then(
    () => app.server.closeAllConnections(),
    () => {},
  );
  try {
    await app.close();
  } finally {
    waiting.abort();
    await late;
  }
}
