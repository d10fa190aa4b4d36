import type { Language } from '@tapekeeper/core';
import { flagValue } from './flagValue.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that name a language, the strongest first. */
const VARIABLES = ['TAPEKEEPER_LANG', 'LC_ALL', 'LC_MESSAGES', 'LANG'] as const;

/**
 * The language of all output: what `--lang` says, else the first variable that is set. It is needed
 * before the command line is read, since help and complaints are in it too.
 * @example languageOf(['status'], { LANG: 'zh_CN.UTF-8' }) // 'zh'
 */
export function languageOf(argv: readonly string[], env: Environment): Language {
  const wish =
    flagValue(argv, '--lang') ??
    VARIABLES.map((name) => env[name]).find((value) => value !== undefined && value !== '');
  return wish?.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
