import type { Me, Session, TokenPair } from '@tapekeeper/contract';
import { isoInstant, type Identity } from '@tapekeeper/core';
import type { TokenPair as MadePair } from '../../../app/access/tokenPairs.ts';
import type { SessionView, User } from '../../../ports/accessStore.ts';
import { presentUser } from '../users/present.ts';

export function presentMe(identity: Identity, user: User | undefined, setupNeeded: boolean): Me {
  const { name, proof, permissions, expiresAt } = identity;
  return {
    user: user === undefined ? null : presentUser(user),
    name,
    proof,
    permissions: [...permissions],
    expiresAt: expiresAt === null ? null : isoInstant(expiresAt),
    setupNeeded,
  };
}

export function presentSession(session: SessionView, identity: Identity): Session {
  const { id, userId, userName, ip, userAgent } = session;
  return {
    id,
    userId,
    userName,
    isOwn: identity.credential === `session:${id}`,
    createdAt: isoInstant(session.createdAt),
    seenAt: isoInstant(session.seenAt),
    expiresAt: isoInstant(session.expiresAt),
    ip,
    userAgent,
  };
}

export function presentPair(pair: MadePair): TokenPair {
  return {
    tokenType: 'Bearer',
    accessToken: pair.accessToken,
    expiresIn: pair.accessSeconds,
    refreshToken: pair.refreshToken,
    refreshExpiresIn: pair.refreshSeconds,
  };
}
