import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createHttp } from '../http/createHttp.ts';
import type { Installation } from '../main.ts';
import { migrationStatus } from '../store/migrate.ts';
import { PRODUCT_VERSION } from './productVersion.ts';

export interface AskedRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with its query. */
  readonly path: string;
  readonly body?: object;
  /** A file in place of a body. */
  readonly file?: { readonly name: string; readonly data: Blob };
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
  return async ({ method, path, body, file, key }) => {
    const form = file === undefined ? undefined : formOf(file);
    const headers = {
      host: `127.0.0.1:${NO_PORT}`,
      authorization: `Bearer ${token}`,
      ...(key !== undefined && { 'idempotency-key': key }),
      ...form?.headers,
    };
    const answer = await app.inject({
      method,
      url: path,
      headers,
      ...(body === undefined ? {} : { payload: body }),
      ...(form && { payload: form.payload }),
    });
    return { status: answer.statusCode, text: answer.payload };
  };
}

/** The form that a browser would send, as a stream: files may be larger than what one likes to hold. */
function formOf({ name, data }: NonNullable<AskedRequest['file']>) {
  const form = new FormData();
  form.set('file', data, name);
  const { headers, body } = new Response(form);
  return {
    headers: { 'content-type': headers.get('content-type') ?? '' },
    payload: Readable.fromWeb(body as ReadableStream),
  };
}
