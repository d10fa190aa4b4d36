import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { LONGEST_PASSWORD_BYTES, passwordFault } from './password.ts';

describe('a password', () => {
  test.each([
    'seven grey owls at noon',
    '十二个灰色的猫头鹰在唱歌',
    'x7#kQ!2vLp9z',
    'Tr0ub4dor&3xyz',
    'a'.repeat(900) + 'b c d e f g h',
  ])('%j is taken', (password) => {
    expect(passwordFault(password, 'li.wei')).toBeUndefined();
  });

  test.each([
    ['', 'short'],
    ['elevenbytes', 'short'],
    ['猫头鹰', 'short'],
    ['é'.repeat(LONGEST_PASSWORD_BYTES / 2 + 1), 'long'],
    ['password1234', 'common'],
    ['Password2024!', 'common'],
    ['P@ssw0rd2024!!', 'common'],
    ['!!!!administrator', 'common'],
    ['letmeinplease', 'common'],
    ['correct horse battery staple', 'common'],
    ['aaaaaaaaaaaa', 'common'],
    ['abcabcabcabca', 'common'],
    ['123456789012', 'common'],
    ['qwertyuiopas', 'common'],
    ['poiuytrewq12', undefined],
    ['nmvcxzlkjhgf', undefined],
    ['zyxwvutsrqponm', 'common'],
    ['1q2w3e4r5t6y', 'common'],
    ['tapekeeper2026', 'common'],
    ['Li.Wei is my name', 'name'],
    ['my name is LI.WEI', 'name'],
  ] as const)('%j is %s', (password, fault) => {
    expect(passwordFault(password, 'li.wei')).toBe(fault);
  });

  it('may contain a name that is too short to tell anything', () => {
    expect(passwordFault('seven grey owls at noon', 'w')).toBeUndefined();
  });

  it('is measured as UTF-8 has it', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(text, (password) => {
        const bytes = new TextEncoder().encode(password).length;
        expect(passwordFault(password, '') === 'short').toBe(bytes < 12);
      }),
    );
  });
});
