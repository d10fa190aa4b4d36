import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import { readConfig } from '../../packages/server/src/config.ts';
import type { Installation } from '../../packages/server/src/main.ts';
import { createMetricsBook } from '../../packages/server/src/observe/metricsBook.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';
import { startServer, type RunningServer, type ServerOptions } from '../../packages/server/src/server.ts';
import { createAppStand } from '../support/appStand.ts';
import type { TestDatabase } from '../support/database.ts';

export interface Served extends RunningServer {
  readonly dataDir: string;
}

export interface ServedOptions extends Partial<ServerOptions> {
  /** Settings by the names of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly store?: (store: Store) => Store;
}

const IDLE = { start: async () => {}, stop: async () => {} };
const cleaners: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const clean of cleaners.splice(0).toReversed()) await clean();
});

/** A server as `start` makes it, over an installation in which nothing works; gone after the test. */
export async function serve(
  { db, ownerUrl: owner, url: runtime }: TestDatabase,
  { env = {}, store = (one) => one, ...options }: ServedOptions = {},
): Promise<Served> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tapekeeper-served-'));
  cleaners.push(() => rm(dataDir, { recursive: true, force: true }));
  const { deps } = await createAppStand(db, { sources: [], store, clock: systemClock });
  const installation: Installation = {
    config: readConfig({
      env: { TAPEKEEPER_DATA_DIR: dataDir, TAPEKEEPER_MODE: 'replay', ...env },
      flags: {},
    }),
    deps,
    db,
    urls: { owner, runtime },
    replay: undefined,
    databaseEnded: new Promise(() => {}),
    worker: IDLE,
    publisher: IDLE,
    scheduler: { ...IDLE, lastTurnAt: undefined },
    services: [],
    metrics: createMetricsBook(systemClock, { ofProcess: false }),
    close: async () => {},
  };
  const server = await startServer(installation, { port: 0, ...options });
  cleaners.push(() => server.stop());
  return { ...server, dataDir };
}

export interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A request with whatever headers, the host among them. */
export function ask(server: RunningServer, path: string, headers: Record<string, string> = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const request = get(new URL(path, server.url), { headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    request.on('error', reject);
  });
}
