import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { workbookOf } from '../../../../../../test/conformance/workbook.ts';
import { readXlsx, rowsByHeading } from './xlsx.ts';

const zipped = (sheet: string, strings = '<sst/>') =>
  Buffer.from(
    zipSync({ 'xl/worksheets/sheet1.xml': strToU8(sheet), 'xl/sharedStrings.xml': strToU8(strings) }),
  );

const malformed = expect.objectContaining({ code: 'malformed' });

describe('a workbook', () => {
  it('gives the texts of its first sheet, each at its place', () => {
    const rows = [
      ['板块', 'A股代码', '简称'],
      ['主板', '', 'A & <B>'],
      ['', '000002', '万  科Ａ'],
    ];
    expect(readXlsx('szse', workbookOf(rows))).toEqual(rows);
  });

  it('may have numbers, prefixes, runs of text and rows without places', () => {
    const sheet =
      '<x:worksheet xmlns:x="y"><x:row><x:c><x:v>1</x:v></x:c><x:c t="s"><x:v>0</x:v></x:c></x:row></x:worksheet>';
    const strings = '<sst><si><r><t>平安</t></r><r><t>银行</t></r><rPh><t>ピン</t></rPh></si></sst>';
    expect(readXlsx('szse', zipped(sheet, strings))).toEqual([['1', '平安银行']]);
  });

  it.each<[string, Buffer]>([
    ['no archive', Buffer.from('<html>')],
    ['a cut archive', workbookOf([['a', 'b']]).subarray(0, 200)],
    ['no sheet', Buffer.from(zipSync({ 'a.xml': strToU8('<a/>') }))],
    ['broken XML', zipped('<worksheet><row>')],
    ['a text that is missing', zipped('<worksheet><row><c t="s"><v>5</v></c></row></worksheet>')],
    ['a cell far to the right', zipped('<worksheet><row><c r="ZZZ1"><v>5</v></c></row></worksheet>')],
    [
      'an entity of its own',
      zipped('<!DOCTYPE a [<!ENTITY b "c">]><worksheet><row><c><v>&b;</v></c></row></worksheet>'),
    ],
    ['a bomb', Buffer.from(zipSync({ 'xl/worksheets/sheet1.xml': new Uint8Array(40 * 1024 * 1024) }))],
  ])('that is %s is malformed', (_, body) => {
    expect(() => readXlsx('szse', body)).toThrow(malformed);
  });

  it('is read by the names of its columns', () => {
    const sheet = [
      ['a', ' b ', 'c'],
      ['1', '2', '3'],
      ['', '', ''],
      ['4', ' 5'],
    ];
    expect(rowsByHeading('szse', sheet, ['b', 'a'])).toEqual([
      ['2', '1'],
      ['5', '4'],
    ]);
    expect(() => rowsByHeading('szse', sheet, ['d'])).toThrow(malformed);
  });
});
