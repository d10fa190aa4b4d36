import { chmod, cp, lchown, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../../../packages/server/src/clock.ts';
import { connect, sql, type Database } from '../../../packages/server/src/store/connection.ts';
import { openDataDir, type DataDir } from '../../../packages/server/src/store/dataDir.ts';
import { serverAccount } from '../../../packages/server/src/store/embedded/account.ts';
import { prepareBinaries } from '../../../packages/server/src/store/embedded/binaries.ts';
import {
  clusterDirOf,
  settingsFileOf,
  SUPERUSER,
} from '../../../packages/server/src/store/embedded/cluster.ts';
import { launch } from '../../../packages/server/src/store/embedded/launch.ts';
import { readOrMakeSecrets } from '../../../packages/server/src/store/embedded/secrets.ts';
import {
  serverSettings,
  settingsText,
  type ServerSettings,
} from '../../../packages/server/src/store/embedded/settings.ts';
import { startEmbedded } from '../../../packages/server/src/store/embedded/startEmbedded.ts';
import type { ServerProcess } from '../../../packages/server/src/store/embedded/serverProcess.ts';
import { ensureRoles } from '../../../packages/server/src/store/roles.ts';
import { quietLog } from '../../support/quietLog.ts';
import { TEST_RUNTIME_ROOT } from '../../support/testServer.ts';

const KEEP_ALIVE_MS = 1_000;

/** A PostgreSQL of the test alone, with the settings of the product, that can be made to die. */
export class OwnServer {
  readonly #dataDir: DataDir;
  #process: ServerProcess | undefined;
  #port = 0;

  private constructor(dataDir: DataDir) {
    this.#dataDir = dataDir;
  }

  /** A new cluster with the roles of the product, running. */
  static async make(): Promise<OwnServer> {
    const dataDir = await openDataDir(await mkdtemp(join(tmpdir(), 'tapekeeper-own-server-')));
    const first = await startEmbedded({
      dataDir,
      runtimeRoot: TEST_RUNTIME_ROOT,
      clock: systemClock,
      log: quietLog,
    });
    await first.stop();
    const server = new OwnServer(dataDir);
    await server.start();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  async superuserUrl(): Promise<string> {
    const { superuser } = await readOrMakeSecrets(this.#dataDir.path, true);
    return `postgres://${SUPERUSER}:${superuser}@127.0.0.1:${this.#port}/${SUPERUSER}`;
  }

  async admin(): Promise<Database> {
    return connect({
      url: await this.superuserUrl(),
      max: 1,
      applicationName: 'chaos',
      statementTimeoutMs: 0,
    });
  }

  /** An empty database that the product may own; its address is that of this server. */
  async createDatabase(name: string): Promise<string> {
    const secrets = await readOrMakeSecrets(this.#dataDir.path, true);
    return (await ensureRoles(await this.superuserUrl(), secrets, name)).owner;
  }

  /** Starts the server, with further settings where given. */
  async start(more: ServerSettings = {}): Promise<void> {
    const clusterDir = clusterDirOf(this.#dataDir.path);
    const account = await serverAccount(clusterDir, undefined);
    const binaries = await prepareBinaries(TEST_RUNTIME_ROOT, account);
    await writeFile(
      settingsFileOf(this.#dataDir.path),
      settingsText({ ...serverSettings(totalmem()), ...more }),
    );
    const { superuser } = await readOrMakeSecrets(this.#dataDir.path, true);
    const { server, port } = await launch({
      dataDir: this.#dataDir.path,
      clusterDir,
      binaries,
      account,
      superuserUrl: (at) => `postgres://${SUPERUSER}:${superuser}@127.0.0.1:${at}/${SUPERUSER}`,
      clock: systemClock,
      log: quietLog,
    });
    this.#process = server;
    this.#port = port;
  }

  /** Immediate shutdown: sessions are torn away, and the next start recovers from the log. */
  async crash(): Promise<void> {
    await this.#end('immediate');
  }

  async stop(): Promise<void> {
    await this.#end('fast');
  }

  /** The child keeps no program alive, so that one which only waits for its end would end before it. */
  async #end(how: 'immediate' | 'fast'): Promise<void> {
    const waiting = setInterval(() => {}, KEEP_ALIVE_MS);
    try {
      await this.#process?.stop(how);
      await this.#process?.ended;
    } finally {
      clearInterval(waiting);
    }
    this.#process = undefined;
  }

  /** A cold copy of this server, which has to be stopped, that follows it when both run. */
  async standby(): Promise<OwnServer> {
    const path = await mkdtemp(join(tmpdir(), 'tapekeeper-own-standby-'));
    const dataDir = await openDataDir(path);
    const cluster = clusterDirOf(path);
    await cp(clusterDirOf(this.#dataDir.path), cluster, { recursive: true, preserveTimestamps: true });
    await cp(join(this.#dataDir.path, 'secrets.json'), join(path, 'secrets.json'));
    await writeFile(join(cluster, 'standby.signal'), '');
    await ownAs(cluster, clusterDirOf(this.#dataDir.path));
    return new OwnServer(dataDir);
  }

  /** Makes a standby a server of its own; resolves when it writes. */
  async promote(): Promise<void> {
    const admin = await this.admin();
    try {
      await admin.rows(sql`SELECT pg_promote(true, 60)`);
    } finally {
      await admin.close();
    }
  }

  async remove(): Promise<void> {
    await this.stop();
    await this.#dataDir.release();
    await rm(this.#dataDir.path, { recursive: true, force: true });
  }
}

/** A copy belongs to who made it; the server runs as somebody else where root starts it. */
async function ownAs(copy: string, original: string): Promise<void> {
  const { uid, gid } = await stat(original);
  if (process.getuid?.() !== 0) return;
  for (const entry of await readdir(copy, { recursive: true })) await lchown(join(copy, entry), uid, gid);
  await lchown(copy, uid, gid);
  // the directory around it lets the server through to its own
  await chmod(dirname(copy), (await stat(dirname(original))).mode);
}
