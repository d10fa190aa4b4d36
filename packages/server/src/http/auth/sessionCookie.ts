import { AppError } from '@tapekeeper/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isDirectLoopback } from '../guard.ts';

/** How people may log in. */
export interface CookieRules {
  /** Whether passwords and cookies may cross a network unencrypted. */
  readonly insecureHttp: boolean;
}

/** What is needed of a request, upgraded ones among them. */
export interface CookieSource {
  readonly isSecure: boolean;
  readonly cookie: string | undefined;
}

const NAME = 'tapekeeper';

/** With this prefix browsers take the cookie only over https, from this very host, for the whole of it. */
const HOST_PREFIX = '__Host-';

function nameOf(isSecure: boolean): string {
  return isSecure ? `${HOST_PREFIX}${NAME}` : NAME;
}

/** What the cookie of a session holds, in base64url as it was given; null where there is none. */
export function sessionCookieOf({ isSecure, cookie }: CookieSource): string | null {
  const start = `${nameOf(isSecure)}=`;
  const pair = cookie
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(start));
  return pair?.slice(start.length) || null;
}

/**
 * Throws `plain_http` where a password would come, or a cookie go, unencrypted over a network. This machine talks
 * to itself.
 */
export function requireSafeWay(request: FastifyRequest, { insecureHttp }: CookieRules): void {
  if (isSecure(request) || insecureHttp || isDirectLoopback(request)) return;
  throw new AppError('plain_http');
}

/** Gives the browser the cookie of a session that has begun. */
export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  secret: string,
  lifeMs: number,
): void {
  write(request, reply, secret, Math.floor(lifeMs / 1000));
}

/** Takes it back. */
export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  write(request, reply, '', 0);
}

function write(request: FastifyRequest, reply: FastifyReply, value: string, maxAge: number): void {
  const secure = isSecure(request);
  const flags = `Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  reply.header('set-cookie', `${nameOf(secure)}=${value}; ${flags}`);
}

function isSecure({ protocol }: FastifyRequest): boolean {
  return protocol === 'https';
}
