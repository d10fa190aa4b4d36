import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutToBytes, plainMarkdown, slackText } from './escaping.ts';

describe('markdown', () => {
  it('says what a text says, without doing anything', () => {
    expect(plainMarkdown('**b** `c` [t](u) <@all> a_b _c_ &lt;')).toBe(
      '＊＊b＊＊ ＇c＇ ［t］(u) ＜@\u200ball＞ a_b ＿c＿ ＆lt;',
    );
    expect(plainMarkdown('daily_bars 600000.SH 10:00')).toBe('daily_bars 600000.SH 10:00');
  });

  it('keeps nothing of its own letters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(plainMarkdown(text)).not.toMatch(/[[\]<>`*#|~\\]|@[\p{L}\p{N}_]/u);
      }),
    );
  });
});

it('Slack is told of no call and no link', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(slackText(text)).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)|@[\p{L}\p{N}_]/u);
    }),
  );
});

it('a cut text fits, and is the beginning of what it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 40 }), (text, bytes) => {
      const whole = text.toWellFormed();
      const cut = cutToBytes(whole, bytes);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(bytes);
      expect(cut === whole || whole.startsWith(cut.slice(0, -1))).toBe(true);
    }),
  );
});
