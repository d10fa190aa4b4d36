import type { ErrorCode } from '@tapekeeper/core';

/** What the zquant platform says of errors that any of its routes may have. */
export function worded(code: ErrorCode): readonly [status: number, detail: string] | undefined {
  return code === 'forbidden' ? [403, '需要管理员权限'] : undefined;
}
