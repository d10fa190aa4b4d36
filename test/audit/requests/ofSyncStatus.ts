import { beginFamily } from '../../../packages/server/src/app/access/tokenPairs.ts';
import { installStarters } from '../../../packages/server/src/app/jobs/installStarters.ts';
import type { MakeRequest } from './goodRequest.ts';

/** Requests about the state of syncs as the trading agents have it. */
export const SYNC_STATUS_REQUESTS: Readonly<Record<string, MakeRequest>> = {
  tradingAgentsRunSync: async ({ stand }) => {
    // the job that it is a run of would leave a line of its own when it is made
    await installStarters(stand.deps, { enable: 'none', which: 'missing' });
    return { url: '/api/sync/stock_basics/run?force=true', object: 'new' };
  },
  tradingAgentsRunMultiSync: async () => ({
    url: '/api/sync/multi-source/stock_basics/run?force=true&preferred_sources=baostock',
    object: 'new',
  }),
  tradingAgentsCreateLog: async ({ admin }) => ({
    url: '/api/system/logs/create',
    body: { action_type: 'data_export', action: 'bars of a year', details: { rows: 240 } },
    object: String(admin.user.id),
  }),
  tradingAgentsLogOut: async ({ stand, admin }) => {
    const secrets = await stand.deps.store.userSecrets(admin.user.name, '127.0.0.1');
    if (secrets === undefined) throw new Error('the admin is not there');
    const { accessToken, family } = await beginFamily(stand.deps, secrets);
    return {
      url: '/api/auth/logout',
      headers: { authorization: `Bearer ${accessToken}` },
      object: family,
    };
  },
};
