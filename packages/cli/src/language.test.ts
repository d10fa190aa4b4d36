import { expect, it } from 'vitest';
import { languageOf } from './language.ts';

it('is English unless something says Chinese', () => {
  expect(languageOf(['status'], {})).toBe('en');
  expect(languageOf(['status'], { LANG: 'de_DE.UTF-8' })).toBe('en');
  expect(languageOf(['status'], { LANG: 'zh_CN.UTF-8' })).toBe('zh');
});

it('takes the strongest variable that is set', () => {
  expect(languageOf([], { LC_ALL: 'C', LANG: 'zh_CN.UTF-8' })).toBe('en');
  expect(languageOf([], { LC_ALL: '', LANG: 'zh_CN.UTF-8' })).toBe('zh');
  expect(languageOf([], { TAPEKEEPER_LANG: 'zh', LC_ALL: 'C' })).toBe('zh');
});

it('takes the flag over everything, wherever it stands', () => {
  expect(languageOf(['--lang', 'zh', 'status'], { TAPEKEEPER_LANG: 'en' })).toBe('zh');
  expect(languageOf(['status', '--lang=en'], { LANG: 'zh_CN.UTF-8' })).toBe('en');
});
