import { addDays, builtinCalendar, plainDay, type PlainDay } from '@tapekeeper/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runsOfDays } from './dayRuns.ts';

const CALENDAR = builtinCalendar();
const OPEN = CALENDAR.tradingDays(plainDay('2024-01-25'), plainDay('2024-03-01'));

it('goes on over a weekend, and over the spring festival', () => {
  const days = ['2024-02-08', '2024-02-19', '2024-02-20'].map((day) => plainDay(day));
  expect(CALENDAR.isOpen(plainDay('2024-02-09'))).toBe(false);
  expect(runsOfDays(CALENDAR, days)).toEqual([
    { from: '2024-02-08', to: '2024-02-20', touchesFrom: '2024-02-07', touchesTo: '2024-02-21' },
  ]);
});

it('ends at a trading day without a row', () => {
  const days = ['2024-01-04', '2024-01-08'].map((day) => plainDay(day));
  expect(runsOfDays(CALENDAR, days).map(({ from, to }) => [from, to])).toEqual([
    ['2024-01-04', '2024-01-04'],
    ['2024-01-08', '2024-01-08'],
  ]);
});

it('begins with the first session of all, before which there is no neighbour', () => {
  expect(runsOfDays(CALENDAR, [plainDay('1990-12-19')])[0]).toMatchObject({
    touchesFrom: '1990-12-19',
    touchesTo: '1990-12-20',
  });
  expect(runsOfDays(CALENDAR, [])).toEqual([]);
});

it('holds exactly the days given, whatever their order, in the fewest runs', () => {
  fc.assert(
    fc.property(fc.subarray([...OPEN]), (chosen) => {
      const runs = runsOfDays(CALENDAR, chosen.toReversed());
      const held = runs.flatMap(({ from, to }) => CALENDAR.tradingDays(from, to));
      expect(held).toEqual(chosen);
      for (const [at, run] of runs.entries()) {
        expect(run.touchesFrom).toBe(CALENDAR.previousOpen(run.from));
        expect(run.touchesTo).toBe(CALENDAR.nextOpen(run.to));
        const next = runs[at + 1];
        // between two runs there is a trading day that neither holds
        if (next) expect(daysBetween(run.to, next.from).some((day) => CALENDAR.isOpen(day))).toBe(true);
      }
    }),
  );
});

function daysBetween(from: PlainDay, to: PlainDay): PlainDay[] {
  const days: PlainDay[] = [];
  for (let day = addDays(from, 1); day < to; day = addDays(day, 1)) days.push(day);
  return days;
}
