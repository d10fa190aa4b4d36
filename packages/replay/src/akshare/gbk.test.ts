import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeGbk } from './gbk.ts';

const decode = (bytes: Uint8Array): string => new TextDecoder('gbk').decode(bytes);

test('writes two bytes for a Chinese character and one for an ASCII one', () => {
  expect(encodeGbk('平安A')).toEqual(Buffer.from([0xc6, 0xbd, 0xb0, 0xb2, 0x41]));
  expect(decode(encodeGbk('万科Ａ 深桑达Ａ *ST海润，“退”'))).toBe('万科Ａ 深桑达Ａ *ST海润，“退”');
});

test('puts a question mark for what the encoding lacks', () => {
  expect(encodeGbk('a😀b').toString('latin1')).toBe('a?b');
});

test('every character of the common range comes back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0x4e00, max: 0x9fa5 })), (points) => {
      const text = String.fromCodePoint(...points);
      expect(decode(encodeGbk(text))).toBe(text);
    }),
  );
});
