import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '@tapekeeper/core';
import { takesTokenInBody } from './tushare/endpoints.ts';

/** What the guard looks at; the headers' names are in small letters. */
export interface GuardedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface GuardRules {
  /** Port on which the server listens. */
  readonly port: number;
  readonly token: string;
  /** File that holds the token; only its name is told. */
  readonly tokenFile: string;
}

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];
const READING_METHODS = ['GET', 'HEAD', 'OPTIONS'];
const DEFAULT_PORT = 80;

/** What proxies add; a browser or a command on this machine sends none of them. */
const PROXY_HEADER = /^(forwarded|via|x-forwarded-.*|x-real-ip)$/;

/**
 * Throws unless the request may go on. This is all that stands between a web page in the user's browser
 * and the loopback port: reading without a token is only for requests of this machine that name it
 * (no DNS rebinding), of no other page (no CSRF), through no proxy; writing needs the token.
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
  // the protocol of Tushare has its token in the body, which is read later
  if (READING_METHODS.includes(request.method) || takesTokenInBody(request)) return;
  if (!hasToken(headers.authorization, rules.token)) {
    throw new AppError('token_required', { file: rules.tokenFile });
  }
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

function hasToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return given !== undefined && isToken(given, token);
}

/** Whether what was given is the token; how long the answer takes tells nothing of it. */
export function isToken(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token));
}

/** Digests have one length, so the comparison tells nothing of that either. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
