import { AppError, may, type Identity } from '@tapekeeper/core';
import { findUser } from '../../app/access/users.ts';
import type { AppDeps } from '../../app/deps.ts';
import type { UserId } from '../../ports/accessStore.ts';

/** Stands for all users. */
const EVERYBODY = '*';

/**
 * Whose sessions or tokens a request is about: one's own where it names nobody, everybody's for the installation.
 * Null is everybody. Throws `forbidden` for those of others unless an admin asks, `unknown_user`.
 */
export async function ownerOf(
  deps: Pick<AppDeps, 'store'>,
  identity: Identity,
  named: string | undefined,
): Promise<UserId | null> {
  if (named === undefined) return identity.userId;
  const isAdmin = may(identity, 'admin');
  if (named === EVERYBODY && isAdmin) return null;
  const isOwn = named === identity.name || named === String(identity.userId);
  if (!isAdmin && !isOwn) throw new AppError('forbidden', { who: identity.name, need: 'admin' });
  return (await findUser(deps, named)).id;
}

/** Whose of them somebody may revoke: anybody's for admins, who are told by null, else one's own. */
export function revocableOf(identity: Identity): UserId | null {
  if (may(identity, 'admin')) return null;
  if (identity.userId === null) throw new AppError('no_user', { who: identity.name });
  return identity.userId;
}
