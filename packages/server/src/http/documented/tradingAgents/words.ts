import type { ErrorCode } from '@tapekeeper/core';

/** What the trading agents say of errors, by the operation that raised them. */
export function worded(
  code: ErrorCode,
  _operation: string,
): readonly [status: number, detail: string] | undefined {
  return code === 'token_required' ? [401, 'Invalid token'] : undefined;
}
