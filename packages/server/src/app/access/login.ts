import { AppError, LOGIN_RULES, userNameOf } from '@tapekeeper/core';
import type { ThrottleSubject, UserSecrets } from '../../ports/accessStore.ts';
import type { AppDeps } from '../deps.ts';

type LoginDeps = Pick<AppDeps, 'store' | 'proofs' | 'log'>;

/** A try to log in that was counted and may be looked at. */
export interface AdmittedLogin {
  /** As it was typed, in the form in which names are kept. */
  readonly name: string;
  /** Undefined where there is no such user, which nobody is told. */
  readonly secrets: UserSecrets | undefined;
  /** Of all that it counts under: what a good login wipes out, and what it only takes back. */
  readonly own: readonly string[];
  readonly shared: readonly string[];
}

/** Rows that a login takes away of what ended long ago: so the tables need no other broom. */
const SWEPT_A_LOGIN = 200;

/**
 * Counts a try of an account from an address. Where the user has come in from that address before, only that pair
 * counts: so nobody can keep somebody out by guessing elsewhere. Throws `login_throttled`.
 */
export async function admitLogin(
  deps: LoginDeps,
  typed: { readonly name: string; readonly ip: string },
): Promise<AdmittedLogin> {
  const name = userNameOf(typed.name);
  const secrets = await deps.store.userSecrets(name, typed.ip);
  const own: ThrottleSubject =
    secrets?.knownAddress === true
      ? { subject: subjectOf(deps, `pair ${name} ${typed.ip}`), rule: LOGIN_RULES.account }
      : { subject: subjectOf(deps, `account ${name}`), rule: LOGIN_RULES.account };
  const shared = secrets?.knownAddress === true ? [] : sharedSubjects(deps, typed.ip);
  await admit(deps, [own, ...shared]);
  return { name, secrets, own: [own.subject], shared: shared.map(({ subject }) => subject) };
}

/** Counts a try of an address that names no account, such as one of the set-up code. Throws `login_throttled`. */
export async function admitAddress(deps: LoginDeps, ip: string): Promise<readonly string[]> {
  const subjects = sharedSubjects(deps, ip);
  await admit(deps, subjects);
  return subjects.map(({ subject }) => subject);
}

function sharedSubjects(deps: LoginDeps, ip: string): readonly ThrottleSubject[] {
  return [
    { subject: subjectOf(deps, `address ${ip}`), rule: LOGIN_RULES.address },
    { subject: subjectOf(deps, 'installation'), rule: LOGIN_RULES.installation },
  ];
}

/** Digests, so that the table tells nothing of what people have typed where a name belongs. */
function subjectOf({ proofs }: LoginDeps, text: string): string {
  return Array.from(proofs.digest(text), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function admit({ store }: LoginDeps, subjects: readonly ThrottleSubject[]): Promise<void> {
  const throttled = await store.admitLogin(subjects);
  if (throttled === null) return;
  const seconds = Math.max(1, Math.ceil(throttled.waitMs / 1000));
  throw new AppError('login_throttled', { seconds, retryAfterSeconds: seconds });
}

/**
 * Whose password it is. Unknown users, users without a password and disabled ones take the same time and the same
 * answer as a wrong password. Throws `login_refused`, `passwords_busy`.
 */
export async function proveByPassword(
  deps: LoginDeps,
  { secrets, own, shared }: AdmittedLogin,
  password: string,
): Promise<UserSecrets> {
  const { store, proofs } = deps;
  const hash = secrets?.passwordHash ?? null;
  const verdict = await proofs.passwords.verify(password, hash);
  if (verdict === 'wrong' || hash === null || secrets?.user.enabled !== true)
    throw new AppError('login_refused');
  if (verdict === 'outdated') {
    await store.rehashPassword(secrets.user.id, hash, await proofs.passwords.hash(password));
  }
  await store.settleLogin(own, shared);
  await sweep(deps);
  return secrets;
}

/** What a login leaves behind is taken away by later ones; that it fails keeps nobody out. */
export async function sweep({ store, log }: Pick<LoginDeps, 'store' | 'log'>): Promise<void> {
  try {
    await store.sweepAccess(SWEPT_A_LOGIN);
  } catch (error) {
    log.warn({ err: error }, 'old sessions could not be taken away');
  }
}
