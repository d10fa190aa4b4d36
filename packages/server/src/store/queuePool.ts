import { Client, Pool, type ClientConfig } from 'pg';
import { CONNECT_TIMEOUT_MS } from './connection.ts';
import { isConnectionLoss } from './connectionLoss.ts';

/** The code by which the queue's library knows what passes. */
const PASSING = 'ETIMEDOUT';

/**
 * A pool for the library that runs the queue, which gives every client back as a good one and tries again only
 * what it knows to pass. So a client that lost its server leaves by itself instead of being handed out for ever,
 * and each loss is told as one that passes: a finished dispatch is struck off when the database is back.
 * The address brings its time limits itself, see `withTimeouts`.
 */
export function openQueuePool(url: string, most: number): Pool {
  const pool = new Pool({
    connectionString: url,
    max: most,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    Client: QueueClient,
    // a dead peer never answers the goodbye, which must not keep the program from ending
    allowExitOnIdle: true,
  });
  const connect = pool.connect.bind(pool);
  pool.connect = ((connected?: Parameters<typeof connect>[0]) =>
    connected === undefined ? connect().catch(rethrowPassing) : connect(connected)) as Pool['connect'];
  // a lost connection emits an error on whoever holds it; without a listener that ends the process
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

class QueueClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...asked: unknown[]) => unknown;
    this.query = ((...asked: unknown[]) => {
      const answer = query(...asked);
      if (!(answer instanceof Promise)) return answer;
      return answer.catch((error: unknown) => {
        // before anything waits: the library gives the client back in the same breath
        if (isConnectionLoss(error)) void this.end();
        return rethrowPassing(error);
      });
    }) as Client['query'];
  }
}

function rethrowPassing(error: unknown): never {
  throw error instanceof Error && isConnectionLoss(error) ? Object.assign(error, { code: PASSING }) : error;
}
