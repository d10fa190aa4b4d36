import { permissionsOf, type Identity } from '@tapekeeper/core';
import type { ProvedUser } from '../../ports/accessStore.ts';
import type { AppDeps } from '../deps.ts';
import { API_TOKEN_PREFIX } from './apiTokens.ts';

/** What a request shows of who it comes from. */
export interface ShownProof {
  /** What follows `Authorization: Bearer`. */
  readonly bearer: string | null;
  /** Value of the session's cookie. */
  readonly cookie: string | null;
}

/** Nothing longer was given out. */
const LONGEST_PROOF = 2_048;

/**
 * Who holds what was shown; undefined where it is good for nothing. Who shows a bearer is nobody else, whatever
 * cookie comes along.
 */
export async function identify(
  deps: Pick<AppDeps, 'store' | 'proofs'>,
  { bearer, cookie }: ShownProof,
): Promise<Identity | undefined> {
  const shown = bearer ?? cookie;
  if (shown === null || shown.length > LONGEST_PROOF) return undefined;
  if (bearer === null) return ofSession(deps, shown);
  return bearer.startsWith(API_TOKEN_PREFIX) ? ofApiToken(deps, bearer) : ofAccessToken(deps, bearer);
}

async function ofSession(
  { store, proofs }: Pick<AppDeps, 'store' | 'proofs'>,
  secret: string,
): Promise<Identity | undefined> {
  const user = await store.sessionUser(proofs.digest(secret));
  return user && identityOf(user, 'session', `session:${user.proofId}`);
}

async function ofApiToken(
  { store, proofs }: Pick<AppDeps, 'store' | 'proofs'>,
  token: string,
): Promise<Identity | undefined> {
  const user = await store.apiTokenUser(proofs.digest(token));
  return user && identityOf(user, 'apiToken', `token:${user.proofId}`);
}

async function ofAccessToken(
  { store, proofs }: Pick<AppDeps, 'store' | 'proofs'>,
  token: string,
): Promise<Identity | undefined> {
  const claims = await proofs.accessTokens.read(token);
  if (claims === undefined) return undefined;
  const user = await store.familyUser(claims);
  return user && identityOf(user, 'accessToken', `family:${user.proofId}`);
}

function identityOf(user: ProvedUser, proof: Identity['proof'], credential: string): Identity {
  return {
    proof,
    userId: user.userId,
    name: user.name,
    permissions: permissionsOf(user.role, user.scopes),
    credential,
    expiresAt: user.expiresAt,
  };
}
