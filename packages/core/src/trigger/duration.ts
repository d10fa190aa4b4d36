import type { Language } from '../error/codes.ts';

const PARTS = /^(?:(\d{1,6})\s*d)?\s*(?:(\d{1,6})\s*h)?\s*(?:(\d{1,6})\s*m)?\s*(?:(\d{1,9})\s*s)?$/i;
/** Longer than any that makes sense; what is read has a bound. */
const LONGEST = 64;
const SECONDS = [86_400, 3600, 60, 1] as const;

/**
 * Seconds of a length of time written `1h30m`, `90s`, `2d`: units in falling order, each at most once.
 * Undefined for anything else.
 * @example parseDuration('1h30m') // 5400
 */
export function parseDuration(text: string): number | undefined {
  if (text.length > LONGEST) return undefined;
  const match = PARTS.exec(text.trim());
  if (match === null || match[0] === '') return undefined;
  return SECONDS.reduce((sum, size, place) => sum + size * Number(match[place + 1] ?? 0), 0);
}

/**
 * A length of time as it is written: hours, minutes and seconds, as days are not all as long.
 * @example printDuration(5400) // '1h30m'
 */
export function printDuration(seconds: number): string {
  const text = partsOf(seconds, SECONDS.slice(1))
    .map((count, place) => (count === 0 ? '' : `${count}${'hms'[place]}`))
    .join('');
  return text === '' ? '0s' : text;
}

const WORDS = [
  { en: 'day', zh: '天' },
  { en: 'hour', zh: '小时' },
  { en: 'minute', zh: '分钟' },
  { en: 'second', zh: '秒' },
] as const;

/**
 * A length of time in words.
 * @example durationWords(5400) // { en: '1 hour 30 minutes', zh: '1 小时 30 分钟' }
 */
export function durationWords(seconds: number): Readonly<Record<Language, string>> {
  const counts = partsOf(seconds, SECONDS);
  const said = WORDS.map((word, place) => ({ word, count: counts[place] ?? 0 })).filter(
    ({ count }, place) => count > 0 || (seconds === 0 && place === WORDS.length - 1),
  );
  return {
    en: said.map(({ word, count }) => `${count} ${word.en}${count === 1 ? '' : 's'}`).join(' '),
    zh: said.map(({ word, count }) => `${count} ${word.zh}`).join(' '),
  };
}

/** How often each size goes into what the larger ones leave. */
function partsOf(seconds: number, sizes: readonly number[]): readonly number[] {
  let rest = seconds;
  return sizes.map((size) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count;
  });
}
