import { expect, test } from 'vitest';
import { meets, readFilter, valuesOf } from './filter.ts';

test('reads equality in either quotes, lists and comparisons', () => {
  expect(readFilter(`(MARKET="全部")(DATETIME='2024-04-26')`)).toEqual([
    { column: 'MARKET', operator: '=', values: ['全部'] },
    { column: 'DATETIME', operator: '=', values: ['2024-04-26'] },
  ]);
  expect(readFilter(`(CODE in ("600000","000001"))(SIZE>=10)`)).toEqual([
    { column: 'CODE', operator: 'in', values: ['600000', '000001'] },
    { column: 'SIZE', operator: '>=', values: ['10'] },
  ]);
  expect(readFilter('')).toEqual([]);
  expect(readFilter('REPORTDATE=1')).toBeUndefined();
});

test('compares days with and without midnight, and numbers as numbers', () => {
  const row = { DAY: '2024-01-31 00:00:00', SIZE: 9, NONE: null };
  const holds = (text: string): boolean => readFilter(text)!.every((condition) => meets(row, condition));
  expect(holds(`(DAY='2024-01-31')(SIZE<10)(SIZE<>8)`)).toBe(true);
  expect(holds(`(DAY>'2024-01-31')`)).toBe(false);
  expect(holds(`(DAY<='2024-02-01')(DAY>='2024-01-31')`)).toBe(true);
  expect(holds(`(SIZE in (8,10))`)).toBe(false);
  expect(holds(`(NONE='x')`)).toBe(false);
});

test('tells the values that a column must have', () => {
  const conditions = readFilter(`(A='1')(B>'2')`)!;
  expect([valuesOf(conditions, 'A'), valuesOf(conditions, 'B')]).toEqual([['1'], undefined]);
});
