import { randomUUID } from 'node:crypto';
import { createHttp } from '../http/createHttp.ts';
import type { Installation } from '../main.ts';
import { migrationStatus } from '../store/migrate.ts';
import { PRODUCT_VERSION } from './productVersion.ts';

export interface AskedRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with its query. */
  readonly path: string;
  readonly body?: object;
  /** Of the sender, for requests that make something. */
  readonly key?: string;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** A port on which nothing listens: requests come from this process alone. */
const NO_PORT = 1;

/**
 * The HTTP interface of an opened installation for this process, without a socket: commands ask the same
 * questions and get the same answers whether a server runs or not.
 */
export function askInProcess(installation: Installation): (request: AskedRequest) => Promise<Answered> {
  const { config, deps, db } = installation;
  const token = randomUUID();
  const app = createHttp({
    deps,
    facts: { version: PRODUCT_VERSION, mode: config.mode, startedAt: deps.clock.now() },
    token,
    openReading: 'never',
    tokenFile: '',
    port: () => NO_PORT,
    schemaStatus: () => migrationStatus(db),
    pageDir: config.dataDir,
    metrics: installation.metrics,
    settings: [...config.inForce],
  });
  return async ({ method, path, body, key }) => {
    const headers = {
      host: `127.0.0.1:${NO_PORT}`,
      authorization: `Bearer ${token}`,
      ...(key !== undefined && { 'idempotency-key': key }),
    };
    const answer = await app.inject({
      method,
      url: path,
      headers,
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, text: answer.payload };
  };
}
