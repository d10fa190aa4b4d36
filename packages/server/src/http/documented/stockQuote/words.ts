import type { ErrorCode } from '@tapekeeper/core';

/** What the stock quote system says of errors that any of its routes may have. */
export function worded(code: ErrorCode): readonly [status: number, detail: string] | undefined {
  return code === 'token_required' ? [401, '无效的管理员认证凭据'] : undefined;
}
