import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvCell, parseCsv } from './csv.ts';

test('reads quoted cells, empty cells and either line end', () => {
  const { columns, rows } = parseCsv('code,name\r\n000001,"Ping An Bank Co., Ltd."\r\n2,\r\n3,"say ""x"""');
  expect(columns).toEqual(['code', 'name']);
  expect(rows).toEqual([
    ['000001', 'Ping An Bank Co., Ltd.'],
    ['2', ''],
    ['3', 'say "x"'],
  ]);
});

test('names the line that has too few cells', () => {
  expect(() => parseCsv('a,b\n1,2\n3\n')).toThrow('line 3 has 1 cells instead of 2');
});

test('refuses an empty text and a quote that never closes', () => {
  expect(() => parseCsv('')).toThrow('it is empty');
  expect(() => parseCsv('a\n"x')).toThrow('a quoted cell has no end');
  expect(() => parseCsv('a\n"x"y\n')).toThrow('line 2 has text after a quoted cell');
});

test('reads back any cells that were written', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '平') });
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
      const text = ['x,y', ...rows.map((row) => row.map(csvCell).join(','))].join('\n');
      expect(parseCsv(text).rows).toEqual(rows);
    }),
  );
});
