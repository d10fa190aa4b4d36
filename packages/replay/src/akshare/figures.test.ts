import { expect, test } from 'vitest';
import { fixed, lots, percent, rounded } from './figures.ts';

test('rounds half a unit away from zero, as the decimal is written', () => {
  expect(['1.005', '-1.005', '2.675', '0.004', '-0.004'].map((text) => fixed(Number(text), 2))).toEqual([
    '1.01',
    '-1.01',
    '2.68',
    '0.00',
    '0.00',
  ]);
  expect(rounded(10.29 - 10, 2)).toBe(0.29);
});

test('rounds odd shares off to lots', () => {
  expect([2086151, 2086149, 49, 50].map(lots)).toEqual([20862, 20861, 0, 1]);
});

test('gives no percent of nothing', () => {
  expect([percent(1, 4), percent(1, 0)]).toEqual([25, 0]);
});
