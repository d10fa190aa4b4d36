import { expect, it } from 'vitest';
import { pairs, table } from './table.ts';

it('puts names left and numbers right, two spaces between, nothing at the end of a line', () => {
  const text = table(
    [{ title: 'symbol' }, { title: 'rows', align: 'right' }, { title: 'note' }],
    [
      ['600000.SH', '1', ''],
      ['000001.SZ', '12,345', 'odd'],
    ],
  );
  expect(text).toBe('symbol       rows  note\n600000.SH       1\n000001.SZ  12,345  odd');
});

it('counts Chinese letters as two columns', () => {
  const text = pairs([
    ['数据源', 'tushare'],
    ['ok', 'x'],
  ]);
  expect(text).toBe('数据源  tushare\nok      x');
});
