import type { AppError, ErrorCode, SourceId } from '@tapekeeper/core';

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

/**
 * What an error says of the host that it came from: it has `answered`, in words of its own; the road to
 * it is in `trouble`; it has `banned` the caller; or `nothing`, since no call reached it.
 */
export type HostSign = 'answered' | 'trouble' | 'banned' | 'nothing';

const HOST_SIGNS: Partial<Record<ErrorCode, HostSign>> = {
  transport: 'trouble',
  timeout: 'trouble',
  malformed: 'trouble',
  banned: 'banned',
  empty: 'answered',
  rate_limited: 'answered',
  quota_exhausted: 'answered',
  permission_denied: 'answered',
  bad_token: 'answered',
  upstream_refused: 'answered',
};

export function hostSignOf(code: ErrorCode): HostSign {
  return HOST_SIGNS[code] ?? 'nothing';
}

/** Sources that say in words how much they allow: a ban of theirs is never one for too many calls. */
const WITH_STATED_LIMITS: readonly SourceId[] = ['tushare'];

/** Whether the calls before a ban are the reason for it. */
export function isBanForCalls(source: SourceId, error: AppError): boolean {
  return error.code === 'banned' && !WITH_STATED_LIMITS.includes(source);
}
