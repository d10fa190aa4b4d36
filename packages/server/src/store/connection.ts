import { AppError, isAppError } from '@tapekeeper/core';
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely';
import type { RawBuilder } from 'kysely';
import { Client, DatabaseError, Pool, type PoolClient } from 'pg';
import { columnTypes } from './columnTypes.ts';
import { isConnectionLoss } from './connectionLoss.ts';

/** Statements are written with this tag: what is put into `${}` is bound, never pasted. */
export { sql };
export type { RawBuilder };

export interface Queries {
  rows<T>(query: RawBuilder<T>): Promise<T[]>;
  /** The row of a statement that gives one or none; more throw. */
  maybe<T>(query: RawBuilder<T>): Promise<T | undefined>;
  /** The row of a statement that gives exactly one; anything else throws. */
  one<T>(query: RawBuilder<T>): Promise<T>;
}

export interface Transaction extends Queries {
  /** The connection itself, for COPY; it goes back to the pool when the transaction ends. */
  readonly client: PoolClient;
}

export interface Database extends Queries {
  /** Commits when the work resolves and rolls back when it rejects; resolves only after a true commit. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Waits for what is out and closes all connections; calling it again does nothing. */
  close(): Promise<void>;
  /** How its connections are used at the moment. */
  pool(): PoolUse;
}

export interface PoolUse {
  readonly most: number;
  readonly used: number;
  /** Statements that wait for a connection. */
  readonly waiting: number;
}

export interface ConnectOptions {
  readonly url: string;
  /** Most connections at a time. */
  readonly max: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /**
   * The server ends a longer statement; 0 = never. The client gives up a little later by itself. With a
   * limit the server also ends transactions in which the client is silent for ten seconds.
   */
  readonly statementTimeoutMs: number;
  /** For a free or new connection; default 15 s. */
  readonly connectTimeoutMs?: number;
}

export const OLDEST_SERVER = 15;
/** For a free or new connection. */
export const CONNECT_TIMEOUT_MS = 15_000;
/** A dead peer is found this long, plus ten probes of a second, after it went silent. */
const KEEPALIVE_AFTER_MS = 5_000;
/** How much longer than the server the client waits, so that a dead server is noticed too. */
const CLIENT_GRACE_MS = 5_000;
const ROLLBACK_TIMEOUT_MS = 5_000;
/** The server ends a transaction whose program is silent for this long: a frozen one must not keep its locks. */
const IDLE_TRANSACTION_MS = 10_000;

const ADDRESS = /^(postgres|postgresql|socket):|^\//;

/** Turns statements into text and values; it can execute nothing. */
const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/**
 * Opens a pool and proves it with one connection. Throws `database_unreachable`, `database_too_old`,
 * or `bad_setting` for an address that is none. Later losses of the connection reject the statement
 * at hand with `database_unreachable`; errors of SQL come through as the driver's `DatabaseError`.
 */
export async function connect(options: ConnectOptions): Promise<Database> {
  const db = database(() => openPool(options), hostOf(options.url));
  try {
    await requireVersion(db);
  } catch (error) {
    await db.close();
    throw error;
  }
  return db;
}

/** The address with the limits that `connect` sets, for programs that make their own pools of it. */
export function withTimeouts(url: string, statementTimeoutMs: number): string {
  const limited = new URL(url);
  for (const [name, value] of Object.entries(limitsOf(statementTimeoutMs)))
    limited.searchParams.set(name, String(value));
  limited.searchParams.set('keepAlive', 'true');
  limited.searchParams.set('keepAliveInitialDelayMillis', String(KEEPALIVE_AFTER_MS));
  return limited.href;
}

function limitsOf(statementTimeoutMs: number): Readonly<Record<string, number>> {
  if (statementTimeoutMs === 0) return {};
  return {
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + CLIENT_GRACE_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
  };
}

function openPool(options: ConnectOptions): LivePool {
  const pool = new Pool({
    connectionString: options.url,
    max: options.max,
    application_name: options.applicationName,
    types: columnTypes,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
    connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    ...limitsOf(options.statementTimeoutMs),
  });
  const clients = new Set<PoolClient>();
  // A lost connection emits an error on whoever holds it; without a listener that ends the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => {
    clients.add(client);
    client.on('error', () => {});
  });
  pool.on('remove', (client) => clients.delete(client as PoolClient));
  return { pool, clients };
}

/** A pool with the connections that it has made. */
interface LivePool {
  readonly pool: Pool;
  readonly clients: ReadonlySet<PoolClient>;
}

/** `host:port` of an address, for messages: never the password. Throws `bad_setting`. */
export function hostOf(url: string): string {
  try {
    if (!ADDRESS.test(url)) throw new TypeError('not a PostgreSQL address');
    const client = new Client({ connectionString: url });
    return client.host.startsWith('/') ? client.host : `${client.host}:${client.port}`;
  } catch {
    // the cause is left out on purpose: it quotes the address, password included
    throw new AppError('bad_setting', { problem: 'the address of the database is not a PostgreSQL URL.' });
  }
}

function database(open: () => LivePool, host: string): Database {
  let live = open();
  let closing: Promise<void> | undefined;
  /**
   * Where one connection is lost the others most likely are, and each would cost its whole time limit to
   * find out. So all of them go: who holds one finishes with it, the next ones are new.
   */
  const lost = (former: LivePool, error: unknown): unknown => {
    if (isAppError(error, 'database_unreachable') && former === live && closing === undefined) {
      live = open();
      // a dead peer never answers the goodbye, which must not keep the program from ending
      for (const client of former.clients) unref(client);
      former.pool.end().catch(() => {});
    }
    return error;
  };
  const checkOut = async (from: LivePool): Promise<PoolClient> => {
    try {
      return await from.pool.connect();
    } catch (error) {
      throw lost(from, unreachable(host, error));
    }
  };
  const rows = async <T>(query: RawBuilder<T>): Promise<T[]> => {
    const from = live;
    const client = await checkOut(from);
    try {
      const result = await run(client, query);
      client.release();
      return result;
    } catch (error) {
      client.release(!isStatementError(error));
      throw lost(from, translated(host, error));
    }
  };
  const transaction = async <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
    const from = live;
    const client = await checkOut(from);
    let ended = false;
    const txRows = async <R>(query: RawBuilder<R>): Promise<R[]> => {
      if (ended)
        throw new AppError('internal', { message: 'a statement came after the end of its transaction' });
      return run(client, query);
    };
    let result: T;
    try {
      await client.query('BEGIN');
      result = await work({ client, ...queries(txRows) });
      ended = true;
      await commit(client);
    } catch (error) {
      ended = true;
      client.release(!(await rolledBack(client, error)));
      throw lost(from, translated(host, error));
    }
    client.release();
    return result;
  };
  const pool = (): PoolUse => {
    const { options, totalCount, idleCount, waitingCount } = live.pool;
    return { most: options.max, used: totalCount - idleCount, waiting: waitingCount };
  };
  return { ...queries(rows), transaction, close: () => (closing ??= live.pool.end()), pool };
}

/** The driver's own way, which its types do not know. */
function unref(client: PoolClient & { readonly unref?: () => void }): void {
  client.unref?.();
}

function queries(rows: Queries['rows']): Queries {
  const maybe = async <T>(query: RawBuilder<T>): Promise<T | undefined> => {
    const found = await rows(query);
    if (found.length > 1)
      throw new AppError('internal', { message: `one row expected, ${found.length} came` });
    return found[0];
  };
  const one = async <T>(query: RawBuilder<T>): Promise<T> => {
    const found = await maybe(query);
    if (found === undefined) throw new AppError('internal', { message: 'one row expected, none came' });
    return found;
  };
  return { rows, maybe, one };
}

async function run<T>(client: PoolClient, query: RawBuilder<T>): Promise<T[]> {
  const { text, values } = statementOf(query);
  const result = await client.query<T & Record<string, unknown>>(text, [...values]);
  return result.rows;
}

/** A statement as it is sent: its text, and the values that are bound to it. */
export function statementOf(query: RawBuilder<unknown>): {
  readonly text: string;
  readonly values: readonly unknown[];
} {
  const { sql: text, parameters: values } = query.compile(compiler);
  return { text, values };
}

/** A COMMIT of a transaction in which a statement failed answers ROLLBACK without an error. */
async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') {
    throw new AppError('internal', {
      message: 'the transaction was rolled back, since a statement in it had failed',
    });
  }
}

/** Whether the connection is clean again; one that hangs or is lost is not. */
async function rolledBack(client: PoolClient, cause: unknown): Promise<boolean> {
  if (cause instanceof DatabaseError && !isStatementError(cause)) return false;
  try {
    await client.query({ text: 'ROLLBACK', query_timeout: ROLLBACK_TIMEOUT_MS } as { text: string });
    return true;
  } catch {
    return false;
  }
}

function isStatementError(error: unknown): boolean {
  return error instanceof DatabaseError && error.severity === 'ERROR';
}

/** Losses of the connection as ours; everything else as it came. */
function translated(host: string, error: unknown): unknown {
  return isConnectionLoss(error) ? unreachable(host, error) : error;
}

function unreachable(host: string, error: unknown): AppError {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const message = first instanceof Error ? first.message : String(first);
  return new AppError('database_unreachable', { host, message: `${message.replace(/\.$/, '')}.` }, error);
}

async function requireVersion(db: Database): Promise<void> {
  const { number, version } = await db.one(
    sql<{ number: number; version: string }>`
      SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version`,
  );
  if (number < OLDEST_SERVER * 10_000) throw new AppError('database_too_old', { version });
}
