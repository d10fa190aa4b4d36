import { AppError, permissionsOf, type Identity } from '@tapekeeper/core';
import type { SessionView, UserSecrets } from '../../ports/accessStore.ts';
import type { AppDeps } from '../deps.ts';

/** A session that has begun. */
export interface StartedSession {
  /** What the cookie holds; nobody else keeps it. */
  readonly secret: string;
  readonly session: SessionView;
  /** Who holds the secret is from now on. */
  readonly identity: Identity;
}

export interface SessionPlace {
  readonly ip: string;
  readonly userAgent: string | null;
}

/** Begins a session of somebody who has proved it. Throws `login_refused` where that was voided meanwhile. */
export async function startSession(
  { store, proofs }: Pick<AppDeps, 'store' | 'proofs'>,
  { user, proofVersion }: Pick<UserSecrets, 'user' | 'proofVersion'>,
  place: SessionPlace,
): Promise<StartedSession> {
  const secret = proofs.newSecret();
  const session = await store.createSession({
    userId: user.id,
    proofVersion,
    digest: proofs.digest(secret),
    lifeMs: proofs.lives.sessionMs,
    ...place,
  });
  if (session === undefined) throw new AppError('login_refused');
  const identity: Identity = {
    proof: 'session',
    userId: user.id,
    name: user.name,
    permissions: permissionsOf(user.role, null),
    credential: `session:${session.id}`,
    expiresAt: session.expiresAt,
  };
  return { secret, session, identity };
}
