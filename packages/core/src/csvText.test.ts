import { expect, it } from 'vitest';
import { csvText } from './csvText.ts';

it.each(['=1+1', '+1', '-2+3', '@SUM(A1)', '\tx', '\rx', "=cmd|' /C calc'!A0"])(
  'keeps a spreadsheet from computing %j',
  (text) => expect(csvText(text).replace(/^"/, '')).toMatch(/^'/),
);

it.each(['平安银行', '*ST海航', 'N 1', '600000.SH', "it's", ''])('leaves %j as it is', (text) =>
  expect(csvText(text)).toBe(text),
);

it('quotes what would break a line', () => {
  expect(csvText('a,b')).toBe('"a,b"');
  expect(csvText('a\n"b"')).toBe('"a\n""b"""');
  expect(csvText('=A1,B1')).toBe('"\'=A1,B1"');
});
