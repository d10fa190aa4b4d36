import type { ApiToken } from '@tapekeeper/contract';
import { isoInstant, type Instant } from '@tapekeeper/core';
import type { ApiTokenView } from '../../../ports/accessStore.ts';

const instant = (at: Instant | null): string | null => (at === null ? null : isoInstant(at));

export function presentApiToken(token: ApiTokenView): ApiToken {
  const { id, userId, userName, name, prefix, scopes } = token;
  return {
    id,
    userId,
    userName,
    name,
    prefix,
    scopes: scopes === null ? null : [...scopes],
    createdAt: isoInstant(token.createdAt),
    expiresAt: instant(token.expiresAt),
    usedAt: instant(token.usedAt),
    revokedAt: instant(token.revokedAt),
  };
}

/** What the audit log keeps of a token. */
export function auditedToken({ name, prefix, userName, scopes, expiresAt }: ApiTokenView): object {
  return { name, prefix, user: userName, scopes, expiresAt: instant(expiresAt) };
}
