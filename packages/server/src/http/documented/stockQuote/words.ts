import type { ErrorCode } from '@tapekeeper/core';
import { COLLECTION_FAILURES } from './collection/texts.ts';
import { FILE_FAILURES } from './files/texts.ts';
import { LOG_FAILURES } from './logs/failures.ts';

/** How each operation begins to say that something of ours has failed. */
const FAILURES: Readonly<Record<string, string>> = {
  ...COLLECTION_FAILURES,
  ...FILE_FAILURES,
  ...LOG_FAILURES,
};

/** What the stock quote system says of errors that any of its routes may have. */
export function worded(
  code: ErrorCode,
  operation: string,
): readonly [status: number, detail: string] | undefined {
  if (code === 'token_required') return [401, '无效的管理员认证凭据'];
  const failure = code === 'internal' ? FAILURES[operation] : undefined;
  return failure === undefined ? undefined : [500, `${failure}: 内部错误，详见服务日志`];
}
