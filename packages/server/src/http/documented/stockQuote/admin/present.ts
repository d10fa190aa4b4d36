import { may, type Identity } from '@tapekeeper/core';
import { z } from 'zod';
import type { User } from '../../../../ports/accessStore.ts';
import { naiveShanghai } from '../../times.ts';

export const adminSchema = z
  .strictObject({
    id: z.int(),
    username: z.string(),
    full_name: z.string(),
    email: z.string(),
    role: z.string(),
    is_admin: z.boolean(),
    is_active: z.boolean(),
    created_at: z.string().nullable(),
    last_login: z.string().nullable(),
  })
  .meta({ id: 'StockQuoteAdmin' });

/** Who administers; addresses of mail are not kept of users here. */
export function presentAdmin({
  id,
  name,
  displayName,
  role,
  enabled,
  createdAt,
  lastLoginAt,
}: User): z.output<typeof adminSchema> {
  return {
    id,
    username: name,
    full_name: displayName === '' ? name : displayName,
    email: '',
    role,
    is_admin: role === 'admin',
    is_active: enabled,
    created_at: naiveShanghai(createdAt),
    last_login: lastLoginAt === null ? null : naiveShanghai(lastLoginAt),
  };
}

/** The installation itself, which is no user, as an administrator. */
export function presentInstallation(identity: Identity): z.output<typeof adminSchema> {
  const isAdmin = may(identity, 'admin');
  return {
    id: 0,
    username: identity.name,
    full_name: identity.name,
    email: '',
    role: isAdmin ? 'admin' : 'viewer',
    is_admin: isAdmin,
    is_active: true,
    created_at: null,
    last_login: null,
  };
}
