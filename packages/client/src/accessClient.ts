import {
  apiTokenListSchema,
  apiTokenSchema,
  madeApiTokenSchema,
  meSchema,
  sessionListSchema,
  sessionSchema,
  userListSchema,
  userSchema,
} from '@tapekeeper/contract';
import type { AccessApi } from './accessApi.ts';
import type { Asking } from './qualityClient.ts';

export function accessClient({ get, post, put, remove }: Asking): AccessApi {
  const one = (user: string): string => `/v1/users/${encodeURIComponent(user)}`;
  return {
    me: () => get('/v1/auth/me', {}, meSchema),
    users: ({ ...query }) => get('/v1/users', query, userListSchema),
    user: (user) => get(one(user), {}, userSchema),
    createUser: (body) => post('/v1/users', body, userSchema),
    updateUser: (user, body) => put(one(user), body, userSchema),
    setUserPassword: (user, password) => post(`${one(user)}/password`, { password }, userSchema),
    deleteUser: (user) => remove(one(user), {}, userSchema),
    sessions: ({ ...query }) => get('/v1/sessions', query, sessionListSchema),
    revokeSession: (id) => remove(`/v1/sessions/${id}`, {}, sessionSchema),
    apiTokens: ({ ...query }) => get('/v1/tokens', query, apiTokenListSchema),
    createApiToken: (body) => post('/v1/tokens', body, madeApiTokenSchema),
    revokeApiToken: (id) => remove(`/v1/tokens/${id}`, {}, apiTokenSchema),
  };
}
