import { expect, test } from 'vitest';
import { DATASETS } from '../dataset/catalogue.ts';
import { plainDay, shanghaiInstant } from '../day.ts';
import { builtinCalendar } from './builtin.ts';
import { isSettled, lastFinalDay } from './finality.ts';
import { calendarOfScale, disclosureDeadline, quarterCalendar } from './quarters.ts';

test('the ends of quarters are the open days', () => {
  expect(quarterCalendar().tradingDays(plainDay('2023-12-31'), plainDay('2024-12-30'))).toEqual([
    '2023-12-31',
    '2024-03-31',
    '2024-06-30',
    '2024-09-30',
  ]);
});

test('a scale names its calendar', () => {
  const trading = builtinCalendar();
  expect(calendarOfScale('trading_days', trading)).toBe(trading);
  expect(calendarOfScale(undefined, trading)).toBe(trading);
  expect(calendarOfScale('quarters', trading)).toBe(quarterCalendar());
});

test('a report is due at the deadline of its quarter', () => {
  const ends = ['2024-03-31', '2024-06-30', '2024-09-30', '2024-12-31'].map(plainDay);
  expect(ends.map(disclosureDeadline)).toEqual(['2024-04-30', '2024-08-31', '2024-10-31', '2025-04-30']);
});

test('a quarter is final once its deadline has passed, and settled a quarter later', () => {
  const { finality } = DATASETS.financials;
  const quarters = quarterCalendar();
  const onDeadline = shanghaiInstant(plainDay('2024-08-31'), 12 * 60);
  const evening = shanghaiInstant(plainDay('2024-08-31'), 20 * 60);
  expect(lastFinalDay(quarters, finality, onDeadline)).toBe('2024-03-31');
  expect(lastFinalDay(quarters, finality, evening)).toBe('2024-06-30');
  expect(isSettled(quarters, finality, plainDay('2024-03-31'), evening)).toBe(true);
  expect(isSettled(quarters, finality, plainDay('2024-06-30'), evening)).toBe(false);
});

test('between the deadlines of a year and its next first quarter both come due together', () => {
  const { finality } = DATASETS.financials;
  const before = shanghaiInstant(plainDay('2025-04-30'), 0);
  const after = shanghaiInstant(plainDay('2025-05-01'), 0);
  expect(lastFinalDay(quarterCalendar(), finality, before)).toBe('2024-09-30');
  expect(lastFinalDay(quarterCalendar(), finality, after)).toBe('2025-03-31');
});
