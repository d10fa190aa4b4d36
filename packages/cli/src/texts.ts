import type { Language } from '@tapekeeper/core';
import { HELP_TEXTS } from './texts/help.ts';
import { OUTPUT_TEXTS } from './texts/output.ts';
import { SOURCE_TEXTS } from './texts/sources.ts';
import { TITLE_TEXTS } from './texts/titles.ts';

/** Everything that the command line says, in both languages; errors have their own registry in the core. */
export const TEXTS = { ...HELP_TEXTS, ...OUTPUT_TEXTS, ...SOURCE_TEXTS, ...TITLE_TEXTS } as const;

export type TextKey = keyof typeof TEXTS;

/** A text of the catalogue; `{name}` is filled from the values. */
export type Say = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

/** @example sayIn('en')('runs.none') */
export function sayIn(language: Language): Say {
  return (key, values = {}) =>
    TEXTS[key][language].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}
