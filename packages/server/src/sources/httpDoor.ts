import http from 'node:http';
import https from 'node:https';
import { pipeline, type Readable, type Transform, Writable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { AppError, toAppError, type SourceId } from '@tapekeeper/core';
import type { Clock } from '../ports/clock.ts';
import { throwIfInterrupted } from './interruption.ts';
import { startWatch, type Deadlines } from './watch.ts';

/** Decoded bytes that one answer may have: ten times the largest table of a market's day. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export interface HttpCall {
  readonly source: SourceId;
  readonly url: URL;
  /** What errors call the other side; the host of the address if left out. */
  readonly host?: string;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly deadlines: Deadlines;
  /** Cap on the decoded body, in bytes. */
  readonly maxBytes?: number;
  /** Aborts the call at once with `interrupted`. */
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  /** Any status: what 4xx or a redirect means is for the source to say. Redirects are never followed. */
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  /** Bytes of the body as they came, before decoding. */
  readonly wireBytes: number;
}

/**
 * The only way out over HTTP. Every wait has a deadline, decoded bytes a cap, and each call its own
 * connection: a kept one that the server has meanwhile shut would fail the next call for nothing.
 * Throws `transport`, `timeout`, `malformed` or `interrupted`. A `transport` whose `phase` is `unanswered`
 * was a connection that the other side shut without a word, as some do to addresses they ban.
 */
export async function callHttp(clock: Clock, call: HttpCall): Promise<HttpAnswer> {
  throwIfInterrupted(call.signal);
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const upstream = { source: call.source, host: call.host ?? call.url.host };
  const secure = call.url.protocol === 'https:';
  const request = (secure ? https : http).request(call.url, {
    method: call.method,
    agent: false,
    headers: { 'accept-encoding': 'gzip', 'user-agent': 'tapekeeper', ...call.headers },
  });
  const watch = startWatch(clock, upstream, call.deadlines, call.signal, (error) => fail(error));

  const fail = (error: AppError): void => {
    watch.stop();
    reject(error);
    request.destroy();
  };

  request.on('socket', (socket) =>
    socket.once(secure ? 'secureConnect' : 'connect', () => watch.connected()),
  );
  let answered = false;
  request.on('error', (cause) => fail(requestError(upstream, cause, !answered)));
  request.on('response', (response) => {
    answered = true;
    watch.heard();
    readBody(upstream, response, call.maxBytes ?? MAX_ANSWER_BYTES, () => watch.heard()).then(
      ({ body, wireBytes }) => {
        watch.stop();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, wireBytes });
      },
      (error: unknown) => fail(toAppError(error)),
    );
  });
  request.end(call.body);
  return promise;
}

interface Target {
  readonly source: SourceId;
  readonly host: string;
}

async function readBody(
  upstream: Target,
  response: http.IncomingMessage,
  maxBytes: number,
  heard: () => void,
): Promise<{ body: Buffer; wireBytes: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ body: Buffer; wireBytes: number }>();
  const decoder = decoderFor(upstream, response.headers['content-encoding']);
  const chunks: Buffer[] = [];
  let decodedBytes = 0;
  let wireBytes = 0;
  response.on('data', (chunk: Buffer) => {
    wireBytes += chunk.length;
    heard();
  });
  response.on('error', (cause) => reject(requestError(upstream, cause)));
  decoder?.on('error', (cause) =>
    reject(malformed(upstream, `its compression is broken (${cause.message}).`, cause)),
  );

  const collector = new Writable({
    write(chunk: Buffer, _encoding, done) {
      decodedBytes += chunk.length;
      if (decodedBytes > maxBytes) {
        const error = malformed(upstream, `the answer is larger than ${maxBytes} bytes.`);
        reject(error);
        return done(error);
      }
      chunks.push(chunk);
      done();
    },
  });
  const stages: [Readable, ...Transform[], Writable] = decoder
    ? [response, decoder, collector]
    : [response, collector];
  pipeline(stages, (cause) => {
    if (cause) reject(requestError(upstream, cause));
    else resolve({ body: Buffer.concat(chunks, decodedBytes), wireBytes });
  });
  return promise;
}

function decoderFor(upstream: Target, encoding: string | undefined): Transform | undefined {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw malformed(upstream, `it is encoded as "${encoding?.slice(0, 40)}".`);
  }
}

/** Ways in which Node words that the other side shut the connection. */
const SHUT = ['ECONNRESET', 'EPIPE', 'ECONNABORTED'];

function requestError(upstream: Target, cause: Error, unanswered = false): AppError {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  // The parser of Node names each fault of the protocol HPE_…
  if (code.startsWith('HPE_')) return malformed(upstream, `it does not speak HTTP (${code}).`, cause);
  const phase = unanswered && SHUT.includes(code) ? { phase: 'unanswered' } : {};
  return new AppError('transport', { ...upstream, message: cause.message || code, ...phase }, cause);
}

function malformed(upstream: Target, message: string, cause?: unknown): AppError {
  return new AppError('malformed', { ...upstream, message }, cause);
}
