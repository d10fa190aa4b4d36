import { cookie, createUser, makeSession, makeToken } from '../../security/identities.ts';
import type { MakeRequest, World } from './goodRequest.ts';

const PASSWORD = 'a rather long pass phrase';
const HOUR_MS = 3_600_000;

const userOf = ({ stand, fresh }: World, role: 'viewer' | 'operator' = 'operator') =>
  createUser(stand.deps, fresh('user'), role);

/** Requests about users, and what proves who they are. */
export const PEOPLE_REQUESTS: Readonly<Record<string, MakeRequest>> = {
  logOut: async (world) => {
    const secret = await makeSession(world.stand.deps, world.admin.user, HOUR_MS);
    return { url: '/v1/auth/logout', headers: cookie(secret), object: 'new' };
  },
  changePassword: async ({ stand, admin }) => {
    const { store, proofs } = stand.deps;
    const { id } = await store.setPassword(admin.user.id, await proofs.passwords.hash(PASSWORD));
    const body = { oldPassword: PASSWORD, newPassword: `${PASSWORD} of another kind` };
    return { url: '/v1/auth/password', body, object: String(id) };
  },
  revokeSession: async (world) => {
    const { stand } = world;
    const user = await userOf(world);
    await makeSession(stand.deps, user, HOUR_MS);
    const [session] = await stand.deps.store.sessions({ userId: user.id, before: null, limit: 1 });
    return { url: `/v1/sessions/${session?.id}`, object: String(session?.id) };
  },
  createUser: async ({ fresh }) => ({
    url: '/v1/users',
    body: { name: fresh('user'), role: 'viewer', password: PASSWORD },
    object: 'new',
  }),
  updateUser: async (world) => {
    const { id, version } = await userOf(world);
    return { url: `/v1/users/${id}`, body: { version, role: 'viewer' }, object: String(id) };
  },
  setUserPassword: async (world) => {
    const { id } = await userOf(world);
    return { url: `/v1/users/${id}/password`, body: { password: PASSWORD }, object: String(id) };
  },
  deleteUser: async (world) => {
    const { id } = await userOf(world);
    return { url: `/v1/users/${id}`, object: String(id) };
  },
  createApiToken: async () => ({ url: '/v1/tokens', body: { name: 'a script' }, object: 'new' }),
  revokeApiToken: async (world) => {
    const { stand } = world;
    const user = await userOf(world);
    await makeToken(stand.deps, user);
    const [token] = await stand.deps.store.apiTokens({ userId: user.id, before: null, limit: 1 });
    return { url: `/v1/tokens/${token?.id}`, object: String(token?.id) };
  },
};
