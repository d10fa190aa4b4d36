import { AppError } from '@tapekeeper/core';
import type { Context } from './context.ts';
import { askSecret, readInput } from './secretPrompt.ts';

/** A new password: from standard input if asked so, else typed twice without being shown. Throws `usage`. */
export async function askNewPassword(
  { say }: Pick<Context, 'say'>,
  name: string,
  fromInput: boolean,
): Promise<string> {
  if (fromInput) return (await readInput()).replace(/\r?\n$/, '');
  if (!process.stdin.isTTY)
    throw new AppError('usage', { problem: say('users.noTerminal'), command: 'users ' });
  const password = await askSecret(say('users.askPassword', { name }));
  if ((await askSecret(say('users.askAgain'))) === password) return password;
  throw new AppError('usage', { problem: say('users.differ'), command: 'users ' });
}
