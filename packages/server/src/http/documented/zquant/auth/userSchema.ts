import { may, type Identity } from '@tapekeeper/core';
import { z } from 'zod';
import type { User } from '../../../../ports/accessStore.ts';
import { wallTimeOrNull } from '../times.ts';

/** Numbers of the roles; pages of the platform show what is for admins to the first of them. */
const ROLE_IDS = { admin: 1, operator: 2, viewer: 3 } as const;

export const userSchema = z
  .strictObject({
    username: z.string(),
    email: z.string().describe('empty: no addresses are kept'),
    id: z.int(),
    role_id: z.int(),
    is_active: z.boolean(),
    created_by: z.string().nullable(),
    created_time: z.string().nullable(),
    updated_by: z.string().nullable(),
    updated_time: z.string().nullable(),
  })
  .meta({ id: 'ZquantUser' });

/** Who asks. The installation itself is no user; it has the number 0. */
export function presentUser(identity: Identity, user: User | undefined): z.output<typeof userSchema> {
  const role = may(identity, 'admin') ? 'admin' : may(identity, 'operate') ? 'operator' : 'viewer';
  return {
    username: user?.name ?? identity.name,
    email: '',
    id: user?.id ?? 0,
    role_id: ROLE_IDS[role],
    is_active: user?.enabled ?? true,
    created_by: null,
    created_time: wallTimeOrNull(user?.createdAt ?? null),
    updated_by: null,
    updated_time: wallTimeOrNull(user?.updatedAt ?? null),
  };
}
