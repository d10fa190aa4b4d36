import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '@tapekeeper/core';

/** What the guard looks at; the headers' names are in small letters. */
export interface GuardedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface GuardRules {
  /** Port on which the server listens. */
  readonly port: number;
}

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];
const DEFAULT_PORT = 80;

/** What proxies add; a browser or a command on this machine sends none of them. */
const PROXY_HEADER = /^(forwarded|via|x-forwarded-.*|x-real-ip)$/;

/**
 * Throws unless the request may go on to say who asks. This is what stands between a web page in the user's
 * browser and the loopback port: a request must name this machine (no DNS rebinding), come from no other
 * page (no CSRF), and through no proxy.
 */
export function guardRequest(request: GuardedRequest, rules: GuardRules): void {
  const { headers } = request;
  const hosts = ownHosts(rules.port);
  if (!hosts.includes((headers.host ?? '').toLowerCase())) {
    throw new AppError('forbidden_host', { host: headers.host ?? '', port: rules.port });
  }
  const proxied = Object.keys(headers).find((name) => PROXY_HEADER.test(name));
  if (proxied !== undefined) throw new AppError('proxied', { header: proxied });
  if (isForeign(headers, hosts) && !isVisit(request)) throw new AppError('forbidden_origin');
}

/** The names that a client on this machine knows the server by. */
function ownHosts(port: number): readonly string[] {
  const named = LOOPBACK_NAMES.map((name) => `${name}:${port}`);
  return port === DEFAULT_PORT ? [...named, ...LOOPBACK_NAMES] : named;
}

/** Whether a browser says that another page has made the request. */
function isForeign(headers: IncomingHttpHeaders, hosts: readonly string[]): boolean {
  const { origin } = headers;
  if (origin !== undefined && !hosts.some((host) => origin.toLowerCase() === `http://${host}`)) return true;
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
