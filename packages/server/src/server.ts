import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { AppError, isoInstant } from '@tapekeeper/core';
import { ensureToken, tokenFileOf } from './http/apiToken.ts';
import type { HttpApp } from './http/context.ts';
import { createHttp } from './http/createHttp.ts';
import { liveDoor } from './http/liveDoor.ts';
import { removeServerFile, writeServerFile } from './http/serverFile.ts';
import { createLive, type Live } from './live/createLive.ts';
import type { LiveLimits } from './live/limits.ts';
import type { Installation } from './main.ts';
import type { Clock } from './ports/clock.ts';
import { trustedProxies } from './http/trustedProxies.ts';
import { listenForEvents } from './store/listen.ts';
import { migrationStatus } from './store/migrate.ts';
import { isExposed, lacksName, nearAddress, publicNames, requireDoor } from './upkeep/checkDoor.ts';
import { PRODUCT_VERSION } from './upkeep/productVersion.ts';

export { findServer, type FoundServer } from './http/findServer.ts';

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** Takes no more requests and finishes those at hand within a grace; calling it again does nothing. */
  stop(): Promise<void>;
}

const STOP_GRACE_MS = 5_000;
const PAGE_DIR = fileURLToPath(new URL('../../web/public/', import.meta.url));

export interface ServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** A process without the role `api` tells how it is, and nothing else. */
  readonly healthOnly?: boolean;
  /** How much live clients may take, where it is not as the settings say. */
  readonly live?: Partial<LiveLimits>;
}

/**
 * Serves an opened installation where the settings wish it, on this machine alone by default. What else runs
 * is the caller's. Throws `port_taken`, `bad_setting` for an address that this user may not listen on, and
 * `admin_needed` where others would reach a server in which nobody could sign in.
 */
export async function startServer(
  installation: Installation,
  { port: wished, healthOnly = false, live: liveLimits }: ServerOptions,
): Promise<RunningServer> {
  const { config, deps, db, metrics } = installation;
  const { dataDir } = config;
  await requireDoor(config, deps);
  if (lacksName(config)) deps.log.warn({ host: config.host }, 'no public host is named: others are refused');
  const startedAt = deps.clock.now();
  const rules = {
    token: await ensureToken(dataDir),
    // a proxy on this machine makes everybody look near
    openReading: isExposed(config) ? ('never' as const) : config.openReading,
    publicHosts: publicNames(config),
    corsOrigins: config.corsOrigins,
    isTrusted: trustedProxies(config.trustedProxies),
    port: () => portOf(app),
  };
  const live = healthOnly ? undefined : liveOf(installation, liveLimits);
  if (live !== undefined) watchClients(metrics, live);
  const app: HttpApp = createHttp({
    ...rules,
    ...(live !== undefined && { live: live.gateway }),
    deps,
    facts: { version: PRODUCT_VERSION, mode: config.mode, startedAt },
    tokenFile: tokenFileOf(dataDir),
    insecureHttp: config.insecureHttp,
    documentedLoopback: config.documentedLoopback,
    staticDir: config.staticDir,
    limits: { mostRequests: config.mostRequests, lateMs: metrics.lateMs, mostOpenRuns: config.mostOpenRuns },
    metrics,
    ownTurnMs: () => sinceTurn(installation),
    settings: [...config.inForce],
    healthOnly,
    schemaStatus: () => migrationStatus(db),
    pageDir: PAGE_DIR,
  });
  await installation.publisher.start();
  await live?.start(app.server, liveDoor(deps, { ...rules, documentedLoopback: config.documentedLoopback }));
  await listen(app, config.host, wished).catch(async (error: unknown) => {
    await live?.stop();
    throw error;
  });
  const port = portOf(app);
  const url = `http://${nearAddress(config)}:${port}`;
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    if (!healthOnly) await removeServerFile(dataDir);
    await live?.stop();
    await closeWithin(app, STOP_GRACE_MS, deps.clock);
  };
  try {
    // commands ask whoever the file names, and could not ask this one
    const started = { url, pid: process.pid, startedAt: isoInstant(startedAt) };
    if (!healthOnly) await writeServerFile(dataDir, started);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, port, stop: () => (stopping ??= stop()) };
}

function liveOf({ config, deps, urls }: Installation, limits: Partial<LiveLimits> = {}): Live {
  const { livePerUser: perUser, liveConnections: connections } = config;
  const signal = listenForEvents(urls.runtime, deps.clock, deps.log);
  return createLive(deps, signal, { perUser, perInstallation: 10 * perUser, connections, ...limits });
}

function watchClients(metrics: Installation['metrics'], { gateway }: Live): void {
  const clients = 'Clients that follow events.';
  metrics.watch('tapekeeper_live_clients', clients, () => gateway.figures().connections);
}

function sinceTurn({ scheduler, deps }: Installation): number | null {
  const { lastTurnAt } = scheduler;
  return lastTurnAt === undefined ? null : deps.clock.monotonic() - lastTurnAt;
}

async function listen(app: HttpApp, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') throw new AppError('port_taken', { port }, error);
    if (code === 'EACCES') {
      throw new AppError('bad_setting', { problem: `this user may not listen on port ${port}.` }, error);
    }
    if (code === 'EADDRNOTAVAIL')
      throw new AppError('bad_setting', { problem: `${host} is no address of this machine.` }, error);
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
