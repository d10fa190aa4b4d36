import { AppError, isAppError } from '@tapekeeper/core';
import type { User, UserId, UserSecrets } from '../../ports/accessStore.ts';
import type { AppDeps } from '../deps.ts';
import { admitLogin, proveByPassword } from './login.ts';
import { hashNewPassword } from './passwordRules.ts';

type PasswordDeps = Pick<AppDeps, 'store' | 'proofs' | 'log'>;

/** What a user who changes the own password shows. */
export interface PasswordChange {
  readonly userId: UserId;
  readonly oldPassword: string;
  readonly newPassword: string;
  readonly ip: string;
}

/**
 * Changes the own password, which voids every session and token pair, that of who asks too. The old one is guessed
 * at no faster than at a login. Throws `wrong_password`, `weak_password`, `login_throttled`.
 */
export async function changeOwnPassword(
  deps: PasswordDeps,
  { userId, oldPassword, newPassword, ip }: PasswordChange,
): Promise<Pick<UserSecrets, 'user' | 'proofVersion'>> {
  const { store } = deps;
  const former = await store.user(userId);
  if (former === undefined) throw new AppError('unknown_user', { user: userId });
  const admitted = await admitLogin(deps, { name: former.name, ip });
  try {
    await proveByPassword(deps, admitted, oldPassword);
  } catch (error) {
    throw isAppError(error, 'login_refused') ? new AppError('wrong_password') : error;
  }
  await setUserPassword(deps, former, newPassword);
  const changed = await store.userSecrets(former.name, ip);
  if (changed === undefined) throw new AppError('unknown_user', { user: userId });
  return changed;
}

/** Gives a user another password, whatever the old one was. Throws `weak_password`, `unknown_user`. */
export async function setUserPassword(
  deps: Pick<AppDeps, 'store' | 'proofs'>,
  { id, name }: Pick<User, 'id' | 'name'>,
  password: string,
): Promise<User> {
  return deps.store.setPassword(id, await hashNewPassword(deps, password, name));
}
