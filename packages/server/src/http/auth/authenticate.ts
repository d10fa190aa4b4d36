import { isKnown, NOBODY, PERMISSIONS, ROLE_PERMISSIONS, type Identity } from '@tapekeeper/core';
import type { FastifyRequest } from 'fastify';
import { identify } from '../../app/access/identify.ts';
import type { AppDeps } from '../../app/deps.ts';
import { isDirectLoopback, isToken } from '../guard.ts';
import type { Policy } from './policies.ts';
import { sessionCookieOf } from './sessionCookie.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before anything else looks at the request. */
    identity: Identity;
  }
}

/** When this machine may read without saying who asks. */
export const OPEN_READING = ['until-admin', 'never', 'always'] as const;
export type OpenReading = (typeof OPEN_READING)[number];

export interface DoorRules {
  /** The token of the installation, which its owner can read. */
  readonly token: string;
  readonly openReading: OpenReading;
}

/** Whoever can read the files of the installation; the command line is. */
export const INSTALLATION: Identity = Object.freeze({
  proof: 'installation',
  userId: null,
  name: 'installation',
  permissions: PERMISSIONS,
  credential: null,
  expiresAt: null,
});

/** Anybody on this machine, while nobody administers the installation. */
const LOOPBACK: Identity = Object.freeze({
  proof: 'loopback',
  userId: null,
  name: 'loopback',
  permissions: ROLE_PERMISSIONS.viewer,
  credential: null,
  expiresAt: null,
});

/** Anybody on this machine, at a route that the documents show without a token, where a setting says so. */
const DOCUMENTED_LOOPBACK: Identity = Object.freeze({ ...LOOPBACK, permissions: ROLE_PERMISSIONS.operator });

/**
 * Who asks, by what the request shows. A bearer that is good for nothing makes nobody of them, whatever comes
 * beside it: whoever sends one means to be somebody. A cookie comes by itself, so one that is void is as none.
 */
export async function authenticate(
  deps: AppDeps,
  rules: DoorRules,
  request: Pick<FastifyRequest, 'headers' | 'protocol' | 'socket'>,
): Promise<Identity> {
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined) return (await bearerOf(deps, rules, authorization)) ?? NOBODY;
  const secret = sessionCookieOf({ isSecure: request.protocol === 'https', cookie });
  const user = secret === null ? undefined : await identify(deps, { bearer: null, cookie: secret });
  if (user !== undefined) return user;
  return isDirectLoopback(request) && (await isOpen(deps, rules.openReading)) ? LOOPBACK : NOBODY;
}

/** Who somebody counts as at a route that documents show without a token: an operator, on this machine. */
export function openedByDocuments(
  identity: Identity,
  { isShownOpen }: Policy,
  request: Pick<FastifyRequest, 'headers' | 'socket'>,
): Identity {
  const asks = isShownOpen === true && !isKnown(identity) && request.headers.authorization === undefined;
  return asks && isDirectLoopback(request) ? DOCUMENTED_LOOPBACK : identity;
}

/** Who an `Authorization` header says to be; undefined where it is good for nothing. */
export async function bearerOf(
  deps: Pick<AppDeps, 'store' | 'proofs'>,
  { token }: Pick<DoorRules, 'token'>,
  authorization: string,
): Promise<Identity | undefined> {
  const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (bearer === undefined) return undefined;
  return isToken(bearer, token) ? INSTALLATION : identify(deps, { bearer, cookie: null });
}

async function isOpen(deps: AppDeps, reading: OpenReading): Promise<boolean> {
  return reading === 'always' || (reading === 'until-admin' && !(await deps.store.hasAdmin()));
}
