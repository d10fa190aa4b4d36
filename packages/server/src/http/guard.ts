import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { AppError } from '@tapekeeper/core';
import type { IsTrusted } from './trustedProxies.ts';

/** What the guard looks at; the headers' names are in small letters. */
export interface GuardedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The other end of the connection: the client, or the last proxy. */
  readonly remoteAddress?: string | undefined;
}

export interface GuardRules {
  /** Port on which the server listens. */
  readonly port: number;
  /** Names besides those of this machine that a request may name, with a port where it is no usual one. */
  readonly publicHosts?: readonly string[];
  /** Origins whose pages may ask; none but our own where left out. */
  readonly corsOrigins?: readonly string[];
  /** Whose headers of proxies are believed; nobody's where left out. */
  readonly isTrusted?: IsTrusted;
}

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];
const LOOPBACK_ADDRESS = /^(127\.|::1$|::ffff:127\.)/;
const DEFAULT_PORT = 80;

/** What proxies add; a browser or a command on this machine sends none of them. */
const PROXY_HEADER = /^(forwarded|via|x-forwarded-.*|x-real-ip)$/;

/**
 * Throws unless the request may go on to say who asks. This is what stands between a web page in somebody's
 * browser and the port: a request must name a host of ours (no DNS rebinding), come from no other page (no
 * CSRF) unless its origin is listed, and through no proxy but those that are trusted.
 */
export function guardRequest(request: GuardedRequest, rules: GuardRules): void {
  const { headers, remoteAddress } = request;
  const proxied = proxyHeaderOf(headers);
  const isBelieved = proxied !== undefined && rules.isTrusted?.(remoteAddress) === true;
  const host = (isBelieved ? last(headers['x-forwarded-host']) : undefined) ?? headers.host ?? '';
  const hosts = isBelieved ? publicNames(rules) : [...ownNames(rules.port), ...publicNames(rules)];
  if (!hosts.includes(host.toLowerCase())) throw new AppError('forbidden_host', { host, port: rules.port });
  if (proxied !== undefined && !isBelieved) throw new AppError('proxied', { header: proxied });
  if (isBelieved) requireClient(headers, rules);
  const isSecure = isBelieved && /^(https|wss)$/.test(last(headers['x-forwarded-proto']) ?? '');
  const isListed = rules.corsOrigins?.includes(headers.origin?.toLowerCase() ?? '') === true;
  if (!isListed && isForeign(headers, isSecure ? 'https' : 'http', hosts) && !isVisit(request))
    throw new AppError('forbidden_origin');
}

/** Whether whoever asks is a program on this machine, as far as can be known: a proxy in between leaves headers. */
export function isDirectLoopback(request: {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}): boolean {
  return isLoopback(request.socket.remoteAddress) && proxyHeaderOf(request.headers) === undefined;
}

/** Whether an address is one of this machine alone. */
export function isLoopback(address: string | undefined): boolean {
  return LOOPBACK_ADDRESS.test(address ?? '');
}

function proxyHeaderOf(headers: IncomingHttpHeaders): string | undefined {
  return Object.keys(headers).find((name) => PROXY_HEADER.test(name));
}

/** Who is behind the trusted proxies must be an address: it is kept with what they do, and counted by. */
function requireClient(headers: IncomingHttpHeaders, { isTrusted }: GuardRules): void {
  const hops = String(headers['x-forwarded-for'] ?? '').split(',');
  const client = hops.findLast((hop) => isTrusted?.(hop.trim()) !== true) ?? hops[0] ?? '';
  if (client.trim() !== '' && isIP(client.trim()) === 0)
    throw new AppError('bad_request', { problem: 'X-Forwarded-For of the proxy names no address.' });
}

/** Of several values, the one that the nearest proxy has written. */
function last(header: string | string[] | undefined): string | undefined {
  return header === undefined ? undefined : String(header).split(',').at(-1)?.trim();
}

/** The names that a client on this machine knows the server by. */
function ownNames(port: number): readonly string[] {
  const named = LOOPBACK_NAMES.map((name) => `${name}:${port}`);
  return port === DEFAULT_PORT ? [...named, ...LOOPBACK_NAMES] : named;
}

/** The names that others know it by; one without a port may be told with ours. */
function publicNames({ publicHosts = [], port }: GuardRules): readonly string[] {
  return publicHosts.flatMap((name) => (/:\d+$/.test(name) ? [name] : [name, `${name}:${port}`]));
}

/** Whether a browser says that another page has made the request. */
function isForeign(headers: IncomingHttpHeaders, scheme: string, hosts: readonly string[]): boolean {
  const { origin } = headers;
  if (origin !== undefined && !hosts.some((host) => origin.toLowerCase() === `${scheme}://${host}`))
    return true;
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/** A link on another page may lead here: the page is shown in a tab of its own, and its answer to nobody else. */
function isVisit({ method, path, headers }: GuardedRequest): boolean {
  return (
    method === 'GET' &&
    path === '/' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  );
}

/** Whether what was given is the token; how long the answer takes tells nothing of it. */
export function isToken(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token));
}

/** Digests have one length, so the comparison tells nothing of that either. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
