import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { writeXlsx } from './xlsx.ts';

test('keeps texts once in the table of strings and leaves empty cells empty', () => {
  const parts = unzipSync(
    writeXlsx('表', [
      ['代码', '名称'],
      ['000001', 'A & "B" <C>'],
      ['000001', ''],
    ]),
  );
  expect(Object.keys(parts)).toEqual([
    '[Content_Types].xml',
    '_rels/.rels',
    'xl/workbook.xml',
    'xl/_rels/workbook.xml.rels',
    'xl/worksheets/sheet1.xml',
    'xl/sharedStrings.xml',
  ]);
  const part = (name: string): string => strFromU8(parts[name]!);
  expect([...part('xl/sharedStrings.xml').matchAll(/<t[^>]*>([^<]*)</g)].map(([, text]) => text)).toEqual([
    '代码',
    '名称',
    '000001',
    'A &amp; &quot;B&quot; &lt;C&gt;',
  ]);
  expect(part('xl/worksheets/sheet1.xml')).toContain('<c r="A3" t="s"><v>2</v></c><c r="B3"/>');
  expect(part('xl/workbook.xml')).toContain('<sheet name="表"');
});

test('names columns beyond the alphabet', () => {
  const header = Array.from({ length: 28 }, (_, index) => String(index));
  const sheet = strFromU8(unzipSync(writeXlsx('wide', [header]))['xl/worksheets/sheet1.xml']!);
  expect(sheet).toContain('r="AB1"');
});

test('gives the same bytes for the same sheet', () => {
  expect(writeXlsx('a', [['b']])).toEqual(writeXlsx('a', [['b']]));
});
