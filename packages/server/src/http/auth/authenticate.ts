import { NOBODY, PERMISSIONS, ROLE_PERMISSIONS, type Identity } from '@tapekeeper/core';
import type { FastifyRequest } from 'fastify';
import { identify } from '../../app/access/identify.ts';
import type { AppDeps } from '../../app/deps.ts';
import { isToken } from '../guard.ts';

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

const LOOPBACK_ADDRESS = /^(127\.|::1$|::ffff:127\.)/;

/** Who asks, by what the request shows; what is good for nothing makes nobody of them. */
export async function authenticate(
  deps: AppDeps,
  { token, openReading }: DoorRules,
  request: FastifyRequest,
): Promise<Identity> {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
  if (bearer !== null && isToken(bearer, token)) return INSTALLATION;
  const shown = { bearer, cookie: null };
  if (shown.bearer !== null || shown.cookie !== null) return (await identify(deps, shown)) ?? NOBODY;
  const isNear = LOOPBACK_ADDRESS.test(request.socket.remoteAddress ?? '');
  return isNear && (await isOpen(deps, openReading)) ? LOOPBACK : NOBODY;
}

async function isOpen(deps: AppDeps, reading: OpenReading): Promise<boolean> {
  return reading === 'always' || (reading === 'until-admin' && !(await deps.store.hasAdmin()));
}
