import { describe, expect, it, test } from 'vitest';
import { sayIn, TEXTS, type TextKey } from './texts.ts';

const KEYS = Object.keys(TEXTS) as TextKey[];

describe('the catalogue', () => {
  test.each(KEYS)('%s has the same blanks in both languages', (key) => {
    expect(blanks(TEXTS[key].zh)).toEqual(blanks(TEXTS[key].en));
  });

  it('speaks Chinese in Chinese, but for texts that are all blanks', () => {
    const texts: readonly { en: string; zh: string }[] = Object.values(TEXTS);
    const foreign = texts.filter(({ zh }) => !/[\u4e00-\u9fff]/.test(zh) && !zh.startsWith('{'));
    expect(foreign).toEqual([]);
  });
});

it('fills blanks, and takes no value for a blank', () => {
  const say = sayIn('en');
  expect(say('usage.number', { name: '--limit', text: '{name}' })).toBe(
    '--limit is "{name}", which is no whole number.',
  );
  expect(sayIn('zh')('progress.rows', { rows: '48,133' })).toBe('48,133 行');
});

function blanks(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();
}
