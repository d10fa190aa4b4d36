import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Replay } from '@tapekeeper/replay';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import {
  startPostgresProxy,
  type Conversation,
  type Moment,
  type Verdict,
} from '../support/postgresProxy.ts';
import { startTapProxy } from '../support/tapProxy.ts';

/** Sees what the running worker of a node says and hears. A dead worker's last bytes are not shown. */
export interface NodeWatch {
  database(moment: Moment, conversation: Conversation): Verdict;
  answer(bytes: number): Verdict;
}

export interface NodeOptions {
  readonly databaseUrl: string;
  readonly replay: Pick<Replay, 'tushareUrl' | 'baostockUrl'>;
  readonly marketDay: string;
  readonly watch: NodeWatch;
  /** The worker has ended without having been killed or stopped. */
  readonly onCrash?: (report: string) => void;
  /** Further settings of the worker by their names in the environment. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** One start of a worker, with proxies of its own. */
interface Boot {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown>;
  readonly ready: Promise<void>;
  /** Its ports towards the database, as the server sees them. */
  readonly ports: number[];
  readonly close: () => Promise<void>;
  alive: boolean;
}

const PROGRAM = fileURLToPath(new URL('./workerProcess.ts', import.meta.url));
const KEPT_LINES = 40;
const STOP_MS = 30_000;

/** An installation directory and the worker processes that run on it, one after the other. */
export class WorkerNode {
  /** The last lines that its workers logged. */
  readonly log: string[] = [];
  readonly #options: NodeOptions;
  readonly #dataDir: string;
  #boot: Boot | undefined;
  #paused = false;

  static async make(options: NodeOptions): Promise<WorkerNode> {
    return new WorkerNode(options, await mkdtemp(join(tmpdir(), 'tapekeeper-chaos-node-')));
  }

  private constructor(options: NodeOptions, dataDir: string) {
    this.#options = options;
    this.#dataDir = dataDir;
  }

  get pid(): number | undefined {
    return this.#boot?.alive ? this.#boot.child.pid : undefined;
  }

  /** Resolves when the worker works; rejects when it ends before that. */
  get ready(): Promise<void> {
    return this.#boot?.ready ?? Promise.reject(new Error('the node has not been started'));
  }

  /** Starts a worker. The one before has to be gone. */
  async start(): Promise<void> {
    const { databaseUrl, replay, marketDay, watch, onCrash, settings } = this.#options;
    const ports: number[] = [];
    const seen = (moment: Moment, conversation: Conversation): Verdict => {
      if (moment.kind === 'opened') ports.push(conversation.port);
      return boot.alive ? watch.database(moment, conversation) : 'pass';
    };
    const heard = (bytes: number): Verdict => (boot.alive ? watch.answer(bytes) : 'pass');
    const proxy = await startPostgresProxy(databaseUrl, seen);
    const tushare = await startTapProxy(addressOf(replay.tushareUrl), heard);
    const baostock = await startTapProxy(addressOf(replay.baostockUrl), heard);
    const child = spawn(process.execPath, [PROGRAM], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        TMPDIR: tmpdir(),
        DATABASE_URL: proxy.url,
        TAPEKEEPER_MODE: 'replay',
        TAPEKEEPER_DATA_DIR: this.#dataDir,
        TAPEKEEPER_TUSHARE_URL: `http://${tushare.host}:${tushare.port}`,
        TAPEKEEPER_BAOSTOCK_URL: `tcp://${baostock.host}:${baostock.port}`,
        TAPEKEEPER_MARKET_DAY: marketDay,
        TAPEKEEPER_LOG_LEVEL: 'warn',
        ...settings,
      },
    });
    child.stdin.on('error', () => {});
    createInterface({ input: child.stderr }).on('line', (line) => this.#noteLine(line));
    const exited = once(child, 'exit');
    const ready = Promise.race([
      once(createInterface({ input: child.stdout }), 'line').then(() => {}),
      exited.then(() =>
        Promise.reject(new Error(`a worker ended before it was ready:\n${this.log.join('\n')}`)),
      ),
    ]);
    ready.catch(() => {});
    const close = async (): Promise<void> => {
      await Promise.all([proxy.close(), tushare.close(), baostock.close()]);
    };
    const boot: Boot = { child, exited, ready, ports, close, alive: true };
    this.#boot = boot;
    void exited.then(() => {
      if (boot.alive && this.#boot === boot) onCrash?.(`a worker ended by itself:\n${this.log.join('\n')}`);
      boot.alive = false;
    });
  }

  /** `kill -9`, at once. */
  kill(): void {
    const boot = this.#running();
    boot.alive = false;
    boot.child.kill('SIGKILL');
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  pause(): void {
    this.#running().child.kill('SIGSTOP');
    this.#paused = true;
  }

  resume(): void {
    this.#running().child.kill('SIGCONT');
    this.#paused = false;
  }

  /** Resolves when nothing of the killed worker is left, its sessions in the database included. */
  async gone(db: Database): Promise<void> {
    const boot = this.#boot;
    if (boot === undefined) return;
    await boot.exited;
    await boot.close();
    for (;;) {
      const { left } = await db.one<{ left: number }>(
        sql`SELECT count(*)::int AS left FROM pg_stat_activity WHERE client_port = ANY(${boot.ports}::int[])`,
      );
      if (left === 0) return;
    }
  }

  /** Ends the worker in order and removes the directory. Throws when the worker does not end by itself. */
  async close(): Promise<void> {
    const boot = this.#boot;
    this.#boot = undefined;
    let forced = false;
    if (boot !== undefined) {
      if (boot.alive) {
        // a paused process hears nothing until it goes on
        boot.child.kill('SIGCONT');
        boot.child.kill('SIGTERM');
        const force = setTimeout(() => {
          forced = true;
          boot.child.kill('SIGKILL');
        }, STOP_MS);
        await boot.exited;
        clearTimeout(force);
      } else {
        boot.child.kill('SIGKILL');
        await boot.exited;
      }
      await boot.close();
    }
    await rm(this.#dataDir, { recursive: true, force: true });
    if (forced) throw new Error(`a worker did not stop within ${STOP_MS} ms of SIGTERM`);
  }

  #running(): Boot {
    if (this.#boot === undefined) throw new Error('no worker runs on this node');
    return this.#boot;
  }

  #noteLine(line: string): void {
    this.log.push(line);
    if (this.log.length > KEPT_LINES) this.log.shift();
  }
}

function addressOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}
