import { expect, it } from 'vitest';
import { count, duration, instant, orDash, percent, size } from './format.ts';

it('groups numbers', () => {
  expect(count(48_133)).toBe('48,133');
  expect(count(0.4)).toBe('0');
});

it('calls only what is whole a hundred per cent', () => {
  expect(percent(10, 10)).toBe('100 %');
  expect(percent(999_999, 1_000_000)).toBe('99.99 %');
  expect(percent(1, 3)).toBe('33.3 %');
  expect(percent(0, 0)).toBe('-');
});

it('writes durations in the unit that suits', () => {
  expect(duration(420)).toBe('0.4 s');
  expect(duration(9_960)).toBe('10 s');
  expect(duration(185_000)).toBe('3 min 5 s');
  expect(duration(7_800_000)).toBe('2 h 10 min');
});

it('writes sizes in the unit that suits', () => {
  expect(size(10)).toBe('1 kB');
  expect(size(4_021_666)).toBe('3.8 MB');
  expect(size(3 * 1024 ** 3)).toBe('3.0 GB');
});

it('writes instants on the clocks of the exchanges', () => {
  expect(instant('2024-01-05T16:30:00.000Z')).toBe('2024-01-06 00:30:00');
  expect(instant(null)).toBe('-');
});

it('writes a dash for what is not there', () => {
  expect([null, undefined, '', 0, 'x'].map((value) => orDash(value))).toEqual(['-', '-', '-', '0', 'x']);
});
