import { AppError, isUserName, userNameOf, type Role } from '@tapekeeper/core';
import type { User } from '../../ports/accessStore.ts';
import type { AppDeps } from '../deps.ts';
import { hashNewPassword } from './passwordRules.ts';

export interface UserWish {
  readonly name: string;
  readonly displayName: string;
  readonly role: Role;
  /** Null where nobody logs in by password: the user of a program, with an API token. */
  readonly password: string | null;
}

/** A user by number or name. Throws `unknown_user`. */
export async function findUser({ store }: Pick<AppDeps, 'store'>, idOrName: string): Promise<User> {
  const found = await (/^\d{1,15}$/.test(idOrName)
    ? store.user(Number(idOrName))
    : store.userNamed(userNameOf(idOrName)));
  if (found === undefined) throw new AppError('unknown_user', { user: idOrName });
  return found;
}

/** Throws `bad_request` for a name that nobody may have, `weak_password`, `user_exists`. */
export async function createUser(
  deps: Pick<AppDeps, 'store' | 'proofs'>,
  { password, ...wish }: UserWish,
): Promise<User> {
  const name = requireUserName(wish.name);
  const passwordHash = password === null ? null : await hashNewPassword(deps, password, name);
  return deps.store.createUser({ ...wish, name, passwordHash });
}

/** The name as it is kept. Throws `bad_request`. */
export function requireUserName(typed: string): string {
  const name = userNameOf(typed);
  if (isUserName(name)) return name;
  throw new AppError('bad_request', {
    problem: `"${typed}" is no name for a user: it begins with a letter, goes on with letters, digits and . _ @ -, and has 64 at most.`,
  });
}
