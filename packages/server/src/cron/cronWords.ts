import cronstrue from 'cronstrue/dist/cronstrue-i18n.js';
import type { Language } from '@tapekeeper/core';
import { readCronFields } from './cronFields.ts';

const LOCALES: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh_CN' };

/**
 * A cron expression in words; the expression itself where the library has none for it. Raises `bad_cron`
 * and `cron_too_long`.
 * @example cronWords('30 17 * * 1-5', 'en') // 'At 17:30, Monday through Friday'
 */
export function cronWords(expression: string, language: Language): string {
  const { text, needsBothDays, hasBothDays } = readCronFields(expression);
  const words = wordsOf(text, language, needsBothDays);
  if (language === 'zh') return words.replaceAll(', ', '，');
  // the library says "and" of two fields of which either is enough
  return hasBothDays && !needsBothDays ? words.replace(', and on ', ', or on ') : words;
}

function wordsOf(text: string, language: Language, needsBothDays: boolean): string {
  try {
    return cronstrue.toString(text, {
      locale: LOCALES[language],
      use24HourTimeFormat: true,
      dayOfWeekStartIndexZero: true,
      logicalAndDayFields: needsBothDays,
    });
  } catch {
    return text;
  }
}
