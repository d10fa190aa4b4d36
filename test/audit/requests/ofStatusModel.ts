import { beginFamily } from '../../../packages/server/src/app/access/tokenPairs.ts';
import type { MakeRequest } from './goodRequest.ts';

/** Requests of administrators of the stock quote system. */
export const STATUS_MODEL_REQUESTS: Readonly<Record<string, MakeRequest>> = {
  stockQuoteLogOut: async ({ stand, admin }) => {
    const secrets = await stand.deps.store.userSecrets(admin.user.name, '127.0.0.1');
    if (secrets === undefined) throw new Error('the admin is not there');
    const { accessToken, family } = await beginFamily(stand.deps, secrets);
    return {
      url: '/api/admin/auth/logout',
      headers: { authorization: `Bearer ${accessToken}` },
      object: family,
    };
  },
};
