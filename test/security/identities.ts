import { PERMISSIONS, ROLE_PERMISSIONS, type Permission, type Proof, type Role } from '@tapekeeper/core';
import type { AppDeps } from '../../packages/server/src/app/deps.ts';
import type { User } from '../../packages/server/src/ports/accessStore.ts';
import { HOST, TOKEN } from '../http/httpStand.ts';

/** Somebody who asks, with what he shows and what he may therefore do. */
export interface TestIdentity {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** None of them for whom nobody knows. */
  readonly permissions: readonly Permission[];
  readonly isKnown: boolean;
  readonly proof: Proof;
  /** As the audit log names him; null for whom nobody knows. */
  readonly actor: string | null;
}

type Deps = Pick<AppDeps, 'store' | 'proofs'>;

const HOUR_MS = 3_600_000;

/** Whoever can read the files of the installation. */
export const INSTALLATION: TestIdentity = {
  name: 'the installation',
  headers: { authorization: `Bearer ${TOKEN}` },
  permissions: PERMISSIONS,
  isKnown: true,
  proof: 'installation',
  actor: 'installation',
};

/** Without any proof: what this machine may do while nobody administers the installation. */
export const LOOPBACK: TestIdentity = {
  name: 'anybody on this machine',
  headers: {},
  permissions: ROLE_PERMISSIONS.viewer,
  isKnown: false,
  proof: 'loopback',
  actor: null,
};

/** A user with a token of the interface; the admin has a password, so that there is an admin who can log in. */
export async function makeUser(deps: Deps, name: string, role: Role): Promise<TestIdentity & { user: User }> {
  const user = await createUser(deps, name, role);
  const headers = { authorization: `Bearer ${await makeToken(deps, user)}` };
  return {
    name: `a ${role}`,
    headers,
    permissions: ROLE_PERMISSIONS[role],
    isKnown: true,
    proof: 'apiToken',
    actor: name,
    user,
  };
}

/** Everybody who may come: people by role, and proofs that are good for less or for nothing. */
export async function makeIdentities(deps: Deps): Promise<readonly TestIdentity[]> {
  const { store, proofs } = deps;
  const admin = await makeUser(deps, 'ann', 'admin');
  const operator = await makeUser(deps, 'otto', 'operator');
  const viewer = await makeUser(deps, 'vera', 'viewer');

  const scoped = await makeToken(deps, admin.user, ['data', 'read']);
  const raised = await makeToken(deps, viewer.user, ['read', 'operate', 'admin']);
  const session = await makeSession(deps, operator.user, HOUR_MS);
  const expired = await makeSession(deps, admin.user, -1000);
  const revoked = proofs.newSecret();
  const { id } = await store.createApiToken({
    ...tokenOf(deps, admin.user, API_PREFIX + revoked, null),
    name: 'revoked',
  });
  await store.revokeApiToken(id, null);
  const gone = await createUser(deps, 'dora', 'admin');
  const ofGone = await makeToken(deps, gone);
  await store.updateUser(gone.id, { displayName: '', role: 'admin', enabled: false, version: gone.version });

  return [
    INSTALLATION,
    admin,
    operator,
    viewer,
    {
      name: 'a session of an operator',
      headers: cookie(session),
      permissions: ROLE_PERMISSIONS.operator,
      isKnown: true,
      proof: 'session',
      actor: 'otto',
    },
    {
      name: "an admin's token for reading",
      headers: bearer(scoped),
      permissions: ['data', 'read'],
      isKnown: true,
      proof: 'apiToken',
      actor: 'ann',
    },
    {
      name: "a viewer's token that claims more",
      headers: bearer(raised),
      permissions: ['read'],
      isKnown: true,
      proof: 'apiToken',
      actor: 'vera',
    },
    nobody('nobody', {}),
    nobody('an expired session', cookie(expired)),
    nobody('a revoked token', bearer(API_PREFIX + revoked)),
    nobody('a token of a disabled user', bearer(ofGone)),
    nobody('a token that nobody has given out', bearer(API_PREFIX + proofs.newSecret())),
    nobody('a token in the form of another kind', bearer('eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.')),
    nobody('a password as a token', { authorization: 'Basic YW5uOmFubg==' }),
  ];
}

const API_PREFIX = 'tk_';

export function createUser({ store }: Deps, name: string, role: Role): Promise<User> {
  // no hash of any password: nobody logs in here
  return store.createUser({ name, displayName: name, role, passwordHash: role === 'admin' ? 'none' : null });
}

export async function makeToken(
  deps: Deps,
  user: User,
  scopes: readonly Permission[] | null = null,
): Promise<string> {
  const token = API_PREFIX + deps.proofs.newSecret();
  await deps.store.createApiToken(tokenOf(deps, user, token, scopes));
  return token;
}

function tokenOf(
  { proofs }: Deps,
  user: User,
  token: string,
  scopes: readonly Permission[] | null,
): Parameters<AppDeps['store']['createApiToken']>[0] {
  return {
    userId: user.id,
    name: 'of a test',
    prefix: token.slice(0, 8),
    digest: proofs.digest(token),
    scopes,
    lifeMs: HOUR_MS,
  };
}

/** The secret of a session; one whose life is negative is over. */
export async function makeSession({ store, proofs }: Deps, user: User, lifeMs: number): Promise<string> {
  const secret = proofs.newSecret();
  await store.createSession({
    userId: user.id,
    proofVersion: 1,
    digest: proofs.digest(secret),
    lifeMs,
    ip: '127.0.0.1',
    userAgent: null,
  });
  return secret;
}

function bearer(token: string): TestIdentity['headers'] {
  return { authorization: `Bearer ${token}` };
}

/** As a browser sends it from our own page. */
export function cookie(secret: string): TestIdentity['headers'] {
  return { cookie: `tapekeeper=${secret}`, 'sec-fetch-site': 'same-origin', origin: `http://${HOST}` };
}

function nobody(name: string, headers: TestIdentity['headers']): TestIdentity {
  return { name, headers, permissions: [], isKnown: false, proof: 'nobody', actor: null };
}
