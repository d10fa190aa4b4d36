import { AppError } from '@tapekeeper/core';
import type { User } from '../../ports/accessStore.ts';
import type { AppDeps } from '../deps.ts';
import { admitAddress } from './login.ts';
import { hashNewPassword } from './passwordRules.ts';
import { requireUserName } from './users.ts';

type SetupDeps = Pick<AppDeps, 'store' | 'proofs' | 'log'>;

export interface FirstAdmin {
  readonly name: string;
  readonly displayName: string;
  readonly password: string;
}

const SETUP_CODE_MS = 24 * 3_600_000;

/** A code by which the first admin can be made within a day; undefined where there is one already. */
export async function newSetupCode({
  store,
  proofs,
}: Pick<AppDeps, 'store' | 'proofs'>): Promise<string | undefined> {
  if (await store.hasAdmin()) return undefined;
  const code = proofs.newSetupCode();
  const kept = await store.keepSetupCode(proofs.digest(bareCode(code)), SETUP_CODE_MS);
  return kept ? code : undefined;
}

/** A try of a set-up code that was counted. */
export interface AdmittedSetup {
  readonly subjects: readonly string[];
}

/** Throws `login_throttled`: codes are guessed at no faster than passwords. */
export async function admitSetup(deps: SetupDeps, ip: string): Promise<AdmittedSetup> {
  return { subjects: await admitAddress(deps, ip) };
}

/** Makes the first admin by the code of the log, once. Throws `setup_refused`, `weak_password`, `user_exists`. */
export async function setUpAdmin(
  deps: SetupDeps,
  { subjects }: AdmittedSetup,
  code: string,
  admin: FirstAdmin,
): Promise<User> {
  const digest = deps.proofs.digest(bareCode(code));
  // before the password, so that only who has the code can make the server work
  if (!(await deps.store.isSetupCode(digest))) throw new AppError('setup_refused');
  await deps.store.settleLogin([], subjects);
  return makeAdmin(deps, admin, digest);
}

/** Makes the first admin as the settings say; undefined where there is one already. */
export async function adminBySettings(deps: SetupDeps, admin: FirstAdmin): Promise<User | undefined> {
  if (await deps.store.hasAdmin()) return undefined;
  return makeAdmin(deps, admin, null);
}

async function makeAdmin(
  deps: SetupDeps,
  { name: typed, displayName, password }: FirstAdmin,
  codeDigest: Uint8Array | null,
): Promise<User> {
  const name = requireUserName(typed);
  const passwordHash = await hashNewPassword(deps, password, name);
  return deps.store.createFirstAdmin({ name, displayName, role: 'admin', passwordHash }, codeDigest);
}

/** As it was made, however somebody types it: small letters, blanks, no hyphens, O for 0. */
function bareCode(code: string): string {
  return code
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
}
