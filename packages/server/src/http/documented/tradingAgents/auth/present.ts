import { may, type Identity } from '@tapekeeper/core';
import { z } from 'zod';
import type { User } from '../../../../ports/accessStore.ts';

const userShape = {
  /** Numbers of users are texts there. */
  id: z.string(),
  username: z.string(),
  email: z.string(),
  name: z.string(),
  is_admin: z.boolean(),
};

/** The user of a login. */
export const userSchema = z.strictObject(userShape);

export const wholeUserSchema = z
  .strictObject({
    ...userShape,
    roles: z.array(z.string()),
    preferences: z.strictObject({}),
  })
  .meta({ id: 'TradingAgentsUser' });

/** Addresses of mail are not kept of users here. */
const NO_EMAIL = '';

export function presentUser({ id, name, displayName, role }: User): z.infer<typeof userSchema> {
  return {
    id: String(id),
    username: name,
    email: NO_EMAIL,
    name: displayName === '' ? name : displayName,
    is_admin: role === 'admin',
  };
}

/** Who asks; the installation itself is no user, and an admin. */
export function presentCaller(identity: Identity, user: User | undefined): z.infer<typeof wholeUserSchema> {
  const isAdmin = may(identity, 'admin');
  const shown =
    user === undefined
      ? { id: '', username: identity.name, email: NO_EMAIL, name: identity.name, is_admin: isAdmin }
      : { ...presentUser(user), is_admin: isAdmin };
  return {
    ...shown,
    roles: [isAdmin ? 'admin' : may(identity, 'operate') ? 'operator' : 'user'],
    preferences: {},
  };
}
