import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { readList } from './readList.ts';

const textsOf = (text: string): readonly string[] => readList(text).map((written) => written.text);

test.each([
  ['600000.SH\n000001.SZ\n', ['600000.SH', '000001.SZ']],
  ['600000.SH, 000001.SZ;sh600001', ['600000.SH', '000001.SZ', 'sh600001']],
  ['600000.SH 000001.SZ', ['600000.SH', '000001.SZ']],
  ['600000.SH\t浦发银行\t10.5', ['600000.SH']],
  ['600000.SH,浦发银行\r\n"000001.SZ","平安银行"\r\n', ['600000.SH', '000001.SZ']],
  ['\uFEFFts_code,name\n600000.SH,x', ['600000.SH']],
  ['name,代码\n浦发银行,600000\n平安银行,000001', ['600000', '000001']],
  ['# my list\n600000 # a bank\n\n', ['600000']],
  ['name\n600000', ['name', '600000']],
  ['', []],
])('of %j the symbols are %j', (text, symbols) => {
  expect(textsOf(text)).toEqual(symbols);
});

it('says on which line of the file each stands', () => {
  expect(readList('code\r\n\r\n600000\r# x\n000001')).toEqual([
    { text: '600000', line: 3 },
    { text: '000001', line: 5 },
  ]);
});

it('reads what was written one a line, whatever the line ends', () => {
  const codes = fc.array(fc.integer({ min: 100_000, max: 999_999 }).map(String));
  fc.assert(
    fc.property(codes, fc.constantFrom('\n', '\r\n', '\r', ',', ' ', ';', '\t'), (all, separator) => {
      expect(textsOf(all.join(separator))).toEqual(all);
    }),
  );
});
