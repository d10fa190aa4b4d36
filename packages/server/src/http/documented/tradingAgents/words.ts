import type { ErrorCode } from '@tapekeeper/core';
import { SCHEDULER_FORBIDDEN } from './scheduling/policy.ts';

/** What the trading agents say of errors, by the operation that raised them. */
export function worded(
  code: ErrorCode,
  operation: string,
  authorization?: string,
): readonly [status: number, detail: string] | undefined {
  if (code === 'token_required') return [401, unknownCaller(authorization)];
  const forbidden = code === 'forbidden' ? SCHEDULER_FORBIDDEN[operation] : undefined;
  if (forbidden !== undefined) return [403, forbidden];
  const trouble = TROUBLES[operation];
  if (code === 'internal' && trouble !== undefined) return [500, `${trouble}: internal error`];
  return WORDS[operation]?.[code];
}

/** Their front end shows these words, and logs in anew after each of them. */
function unknownCaller(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') return 'No authorization header';
  return authorization.startsWith('Bearer ') ? 'Invalid token' : 'Invalid authorization format';
}

type Wording = Readonly<Partial<Record<ErrorCode, readonly [status: number, detail: string]>>>;

const WORDS: Readonly<Record<string, Wording>> = {
  tradingAgentsLogIn: { login_refused: [401, '用户名或密码错误'] },
  tradingAgentsRefresh: { refresh_refused: [401, 'Invalid refresh token'] },
};

/** What their log shows of faults of the server; what exactly went wrong is in ours. */
const TROUBLES: Readonly<Record<string, string>> = {
  tradingAgentsLogIn: '登录过程中发生系统错误',
  tradingAgentsSources: 'Failed to get data sources status',
  tradingAgentsCurrentSource: 'Failed to get current data source',
  tradingAgentsMultiStatus: 'Failed to get sync status',
  tradingAgentsRunMultiSync: 'Failed to run synchronization',
  tradingAgentsTestSources: 'Failed to test data sources',
  tradingAgentsRecommendations: 'Failed to generate recommendations',
  tradingAgentsSyncHistory: 'Failed to get sync history',
  tradingAgentsClearCache: 'Failed to clear cache',
};
