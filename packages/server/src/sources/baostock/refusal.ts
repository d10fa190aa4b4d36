import { AppError, type Instant } from '@tapekeeper/core';
import { bannedError } from '../ban.ts';
import type { Upstream } from '../watch.ts';

export const NOT_LOGGED_IN = '10001001';
const NO_PERMISSION = '10001006';
/** Too many logins, and the black list; both last about a day, and knocking again prolongs them. */
const SHUT_OUT = ['10001005', '10001011'];
const BAN_PAUSE_MS = 24 * 3_600_000;

/** The error of a code other than 0: what retries, what waits a day, and what a person must mend. */
export function baostockRefusal(
  upstream: Upstream,
  api: string,
  code: string,
  text: string,
  now: Instant,
): AppError {
  const message = `${text || 'no text'} (${code}).`;
  const facts = { ...upstream, api, message, upstreamCode: code };
  if (SHUT_OUT.includes(code)) return bannedError(upstream, message, now, BAN_PAUSE_MS);
  if (code === NO_PERMISSION) return new AppError('permission_denied', facts);
  // A session that is gone, a network fault on the far side, a fault of its system: another try may do.
  if (code === NOT_LOGGED_IN || code.startsWith('10002') || code === '10005001')
    return new AppError('transport', facts);
  return new AppError('upstream_refused', facts);
}
