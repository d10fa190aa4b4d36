import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { Clock } from '../../packages/server/src/ports/clock.ts';
import { connect, type Database } from '../../packages/server/src/store/connection.ts';
import { openDataDir, type DataDir } from '../../packages/server/src/store/dataDir.ts';
import { serverAccount } from '../../packages/server/src/store/embedded/account.ts';
import { clusterDirOf } from '../../packages/server/src/store/embedded/cluster.ts';
import {
  findOrphanedBackends,
  findPostmaster,
  isAlive,
} from '../../packages/server/src/store/embedded/postmaster.ts';
import { killProcess } from '../../packages/server/src/store/embedded/serverProcess.ts';
import {
  startEmbedded,
  type EmbeddedServer,
} from '../../packages/server/src/store/embedded/startEmbedded.ts';
import { quietLog } from './quietLog.ts';
import { TEST_RUNTIME_ROOT } from './testServer.ts';

/** A data directory for tests that start, kill and damage servers; whatever runs in it is ended with it. */
export interface Scratch {
  readonly path: string;
  /** Takes the directory and starts its server. */
  start(options?: { clock?: Clock; serverUsers?: readonly string[] }): Promise<EmbeddedServer>;
  /** Gives the directory up without stopping the server. */
  release(): Promise<void>;
  remove(): Promise<void>;
}

export async function makeScratch(): Promise<Scratch> {
  const parent = await mkdtemp(join(tmpdir(), 'tapekeeper-scratch-'));
  await chmod(parent, 0o755);
  const path = join(parent, 'data');
  let held: DataDir | undefined;
  return {
    path,
    async start(options = {}) {
      held ??= await openDataDir(path);
      return startEmbedded({
        dataDir: held,
        runtimeRoot: TEST_RUNTIME_ROOT,
        clock: systemClock,
        log: quietLog,
        ...options,
      });
    },
    async release() {
      await held?.release();
      held = undefined;
    },
    async remove() {
      await endWhatRuns(clusterDirOf(path));
      await held?.release();
      await rm(parent, { recursive: true, force: true });
    },
  };
}

async function endWhatRuns(clusterDir: string): Promise<void> {
  const postmaster = await findPostmaster(clusterDir).catch(() => undefined);
  const backends = await findOrphanedBackends(clusterDir, await serverAccount(clusterDir));
  for (const found of [...(postmaster ? [postmaster] : []), ...backends]) {
    await killProcess(found, 'SIGKILL');
    while (await isAlive(found)) await systemClock.sleep(5);
  }
}

const CHILD = fileURLToPath(new URL('./embeddedServerProcess.ts', import.meta.url));

/** What another process says of the server that it has started. */
export interface Ready {
  readonly pid: number;
  readonly port: number;
  readonly adopted: boolean;
}

/** Another process that takes the directory and starts its server; `ready` rejects with what it complained of. */
export function startElsewhere(
  scratch: Scratch,
  options: { readonly uid?: number; readonly gid?: number; readonly runtimeRoot?: string } = {},
): { child: ChildProcess; ready: Promise<Ready> } {
  const { runtimeRoot = TEST_RUNTIME_ROOT, ...ids } = options;
  const child = spawn(process.execPath, [CHILD, scratch.path, runtimeRoot], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...ids,
  });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const ready = new Promise<Ready>((resolve, reject) => {
    child.stdout.once('data', (line: Buffer) => resolve(JSON.parse(line.toString()) as Ready));
    child.once('close', () => reject(new Error(complaint)));
  });
  ready.catch(() => {});
  return { child, ready };
}

/** Ends a process as `kill -9` does. */
export async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Connects for the length of some work. */
export async function using<T>(url: string, work: (db: Database) => Promise<T>): Promise<T> {
  const db = await connect({ url, max: 2, applicationName: 'tests', statementTimeoutMs: 20_000 });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
