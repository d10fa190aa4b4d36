import type { Instant } from '../day.ts';
import type { Permission } from './permission.ts';

/**
 * How somebody has shown who they are: the token file of the installation, the cookie of a session, a token of
 * the API, a short-lived access token; or not at all, from this machine or from anywhere.
 */
export const PROOFS = ['installation', 'session', 'apiToken', 'accessToken', 'loopback', 'nobody'] as const;
export type Proof = (typeof PROOFS)[number];

/** Who asks, and what they may do. */
export interface Identity {
  readonly proof: Proof;
  /** Null for those who are no user: the installation itself, this machine, nobody. */
  readonly userId: number | null;
  /** As histories and the audit show it. */
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** What can be revoked, such as `session:12` or `token:4`; null where nothing can. */
  readonly credential: string | null;
  /** From then on the proof is void; null where it has no end. */
  readonly expiresAt: Instant | null;
}

/** Somebody unknown, who may do nothing. */
export const NOBODY: Identity = Object.freeze({
  proof: 'nobody',
  userId: null,
  name: 'anonymous',
  permissions: [],
  credential: null,
  expiresAt: null,
});

/** Whether somebody has shown who they are. */
export function isKnown({ proof }: Identity): boolean {
  return proof !== 'nobody' && proof !== 'loopback';
}

/** Whether somebody may do what needs that permission. */
export function may(identity: Identity, permission: Permission): boolean {
  return identity.permissions.includes(permission);
}
