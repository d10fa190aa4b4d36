import { toAppError } from '@tapekeeper/core';
import { keptToken, TUSHARE_SECRET } from '@tapekeeper/server/upkeep/keptToken';
import type { Context } from '../context.ts';
import { ok, warn, type Check } from './check.ts';

/** What Tushare would be asked with. */
export interface TokenInUse {
  /** Null where there is none. */
  readonly token: string | null;
  readonly checks: readonly Check[];
}

/** The token that is kept in the database, else that of the settings, as the server takes them. */
export async function tokenInUse(context: Context): Promise<TokenInUse> {
  const { config, log, say } = context;
  const { tushareToken } = config;
  if (config.mode === 'replay' || !config.sources.includes('tushare'))
    return { token: tushareToken, checks: [] };
  try {
    const kept = await keptToken(config, log);
    if (kept !== undefined) {
      return { token: kept, checks: [ok('token', say('doctor.tokenKept', { name: TUSHARE_SECRET }))] };
    }
  } catch (thrown) {
    const error = toAppError(thrown);
    // of a database that is not there the check of the database speaks
    if (error.code.startsWith('secret_'))
      return { token: tushareToken, checks: [{ name: 'token', state: 'failed', detail: '', error }] };
  }
  const check =
    tushareToken === null ? warn('token', say('doctor.noToken')) : ok('token', say('doctor.token'));
  return { token: tushareToken, checks: [check] };
}
