import type { ErrorCode } from '@tapekeeper/core';

const WORDS: Readonly<Partial<Record<ErrorCode, readonly [status: number, detail: string]>>> = {
  forbidden: [403, '需要管理员权限'],
  token_required: [401, '无效的认证凭据'],
  login_refused: [401, '用户名或密码错误'],
  refresh_refused: [401, '无效的刷新令牌'],
};

/** What the zquant platform says of errors that any of its routes may have. */
export function worded(code: ErrorCode): readonly [status: number, detail: string] | undefined {
  return WORDS[code];
}
