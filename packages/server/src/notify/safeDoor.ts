import http from 'node:http';
import https from 'node:https';
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError, isAppError } from '@tapekeeper/core';
import type { Clock } from '../ports/clock.ts';
import { startWatch, type Limits } from './deadlines.ts';
import { allowedAddresses, refused, webDestination, type Resolve } from './destination.ts';

export interface DoorOptions {
  readonly clock: Clock;
  /** Hosts, or hosts with ports, that may be private and need no encryption. */
  readonly privateHosts: readonly string[];
  /** Default: the resolver of the machine. */
  readonly resolve?: Resolve;
  readonly limits?: Limits;
  /** Opens the connection of a call that is not encrypted; default: Node's own. */
  readonly connect?: (options: http.ClientRequestArgs) => Duplex;
}

export interface DoorCall {
  /** What errors call the other side. */
  readonly channel: string;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface DoorAnswer {
  /** Any status. Redirects are never followed. */
  readonly status: number;
  /** No more than the first 64 KiB. */
  readonly body: string;
}

/** The only way out to addresses that people have typed in. */
export interface SafeDoor {
  /** Throws `address_refused` for what is refused before anybody is asked. */
  check(url: string): void;
  /** Throws `address_refused` or `channel_unreachable`. */
  call(call: DoorCall): Promise<DoorAnswer>;
}

export const MAX_ANSWER_BYTES = 64 * 1024;
export const DOOR_LIMITS: Limits = { totalMs: 10_000, idleMs: 5_000 };

/**
 * Calls nobody but the addresses that were checked: the name is resolved once, every address of it must be of the
 * public internet, the connection goes to one of those, and before a byte is sent it is looked at where it went.
 */
export function createSafeDoor(options: DoorOptions): SafeDoor {
  const { clock, privateHosts, resolve = resolveByMachine, limits = DOOR_LIMITS } = options;

  const call = async (asked: DoorCall): Promise<DoorAnswer> => {
    const destination = webDestination(asked.url, privateHosts);
    const { promise, resolve: done, reject } = Promise.withResolvers<DoorAnswer>();
    let request: http.ClientRequest | undefined;
    const fail = (error: unknown): void => {
      reject(isAppError(error) ? error : unreachable(asked.channel, error));
      request?.destroy();
    };
    const watch = startWatch(clock, limits, fail);
    const stop = (): void => fail('it was stopped.');
    asked.signal.addEventListener('abort', stop, { once: true });
    if (asked.signal.aborted) stop();
    try {
      const addresses = await Promise.race([allowedAddresses(destination, resolve), promise.then(() => [])]);
      watch.heard();
      request = openRequest(destination.url, asked, pinned(addresses), options.connect);
      sendOnceChecked(request, destination, addresses, asked.body, fail);
      request.on('error', fail);
      request.on('response', (response) => collect(response, watch.heard, done, fail));
      return await promise;
    } catch (error) {
      throw isAppError(error) ? error : unreachable(asked.channel, error);
    } finally {
      watch.stop();
      asked.signal.removeEventListener('abort', stop);
      request?.destroy();
    }
  };

  return { check: (url) => void webDestination(url, privateHosts), call };
}

/** All addresses of a name, as the machine knows them. */
export async function resolveByMachine(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

export function unreachable(channel: string, problem: unknown): AppError {
  return new AppError('channel_unreachable', { channel, message: wordsOf(problem) }, problem);
}

function openRequest(
  url: URL,
  { method, headers, body }: DoorCall,
  lookupPinned: LookupFunction,
  connect: DoorOptions['connect'],
): http.ClientRequest {
  const isSecure = url.protocol === 'https:';
  const agent = isSecure ? new https.Agent({ keepAlive: false }) : new http.Agent({ keepAlive: false });
  if (connect !== undefined && !isSecure) agent.createConnection = connect;
  return (isSecure ? https : http).request(url, {
    method,
    agent,
    lookup: lookupPinned,
    headers: {
      'user-agent': 'tapekeeper',
      'accept-encoding': 'identity',
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      ...headers,
    },
  });
}

/** Answers every question for the name with what was checked, so that it cannot mean another place by now. */
function pinned(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_name, options, answer) => {
    if (options.all === true) answer(null, all);
    else answer(null, all[0]?.address ?? '', all[0]?.family ?? 4);
  };
}

/** Headers and body stay here until the connection is where it should be. */
function sendOnceChecked(
  request: http.ClientRequest,
  { url }: { readonly url: URL },
  addresses: readonly string[],
  body: string | undefined,
  fail: (error: unknown) => void,
): void {
  request.on('socket', (socket: Socket) => {
    const check = (): void => {
      const at = socket.remoteAddress ?? '';
      if (addresses.includes(at)) request.end(body);
      else
        fail(
          refused(url.host, `the connection went to ${at === '' ? 'nowhere' : at}, which was not checked.`),
        );
    };
    if (socket.connecting || url.protocol === 'https:')
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', check);
    else check();
  });
}

function collect(
  response: http.IncomingMessage,
  heard: () => void,
  done: (answer: DoorAnswer) => void,
  fail: (error: unknown) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const finish = (): void => {
    const body = Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8');
    done({ status: response.statusCode ?? 0, body });
  };
  heard();
  response.on('data', (chunk: Buffer) => {
    heard();
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) {
      finish();
      response.destroy();
    }
  });
  response.on('end', finish);
  response.on('error', fail);
}

function wordsOf(problem: unknown): string {
  if (typeof problem === 'string') return problem;
  const first = problem instanceof AggregateError ? (problem.errors[0] as unknown) : problem;
  const text =
    first instanceof Error ? first.message || String((first as NodeJS.ErrnoException).code) : String(first);
  return `${text.replace(/\.$/, '')}.`;
}
