import {
  AppError,
  LONGEST_PASSWORD_BYTES,
  passwordFault,
  SHORTEST_PASSWORD_BYTES,
  type PasswordFault,
} from '@tapekeeper/core';
import type { AppDeps } from '../deps.ts';

const FAULTS: Readonly<Record<PasswordFault, { readonly problem: string; readonly problemZh: string }>> = {
  short: {
    problem: `it needs ${SHORTEST_PASSWORD_BYTES} characters at least`,
    problemZh: `至少需要 ${SHORTEST_PASSWORD_BYTES} 个字符`,
  },
  long: {
    problem: `it may have ${LONGEST_PASSWORD_BYTES} bytes at most`,
    problemZh: `最多 ${LONGEST_PASSWORD_BYTES} 字节`,
  },
  common: {
    problem: 'it is one of those that are tried first; some words that do not belong together are better',
    problemZh: '属于最先被猜测的密码；建议使用几个互不相关的词',
  },
  name: { problem: 'it contains the name of the user', problemZh: '包含用户名' },
};

/** The hash of a new password of that user. Throws `weak_password`, `passwords_busy`. */
export async function hashNewPassword(
  { proofs }: Pick<AppDeps, 'proofs'>,
  password: string,
  userName: string,
): Promise<string> {
  const fault = passwordFault(password, userName);
  if (fault !== undefined) throw new AppError('weak_password', FAULTS[fault]);
  return proofs.passwords.hash(password);
}
