import type { User } from '@tapekeeper/contract';
import { isoInstant } from '@tapekeeper/core';
import type { User as StoredUser } from '../../../ports/accessStore.ts';

export function presentUser(user: StoredUser): User {
  const { id, name, displayName, role, enabled, hasPassword, version } = user;
  return {
    id,
    name,
    displayName,
    role,
    enabled,
    hasPassword,
    version,
    createdAt: isoInstant(user.createdAt),
    updatedAt: isoInstant(user.updatedAt),
    lastLoginAt: user.lastLoginAt === null ? null : isoInstant(user.lastLoginAt),
  };
}

/** What the audit log keeps of a user. */
export function auditedUser({ name, displayName, role, enabled, version }: StoredUser): object {
  return { name, displayName, role, enabled, version };
}
