import type { ErrorCode } from '@tapekeeper/core';

/**
 * What a worker does when a call fails, by the error's code.
 * `again` another try after a backoff; `wait` another try when the budget allows;
 * `give_up` the item fails and later rounds may fill it; `drop_source` the source is of no use for this
 * run, which is planned again without it; `stop` the worker itself has to stop.
 */
export type Reaction = 'again' | 'wait' | 'give_up' | 'drop_source' | 'stop';

const REACTIONS: Partial<Record<ErrorCode, Reaction>> = {
  transport: 'again',
  timeout: 'again',
  malformed: 'again',
  empty: 'again',
  rate_limited: 'wait',
  quota_exhausted: 'drop_source',
  permission_denied: 'drop_source',
  bad_token: 'drop_source',
  banned: 'drop_source',
  breaker_open: 'drop_source',
  interrupted: 'stop',
  lease_lost: 'stop',
  database_unreachable: 'stop',
};

export function reactionTo(code: ErrorCode): Reaction {
  return REACTIONS[code] ?? 'give_up';
}
