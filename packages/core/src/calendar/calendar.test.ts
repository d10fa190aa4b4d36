import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { days, dayPairs, eachDay, WORLD_FIRST, worlds, type World } from '../../test/arbitraries.ts';
import { addDays, plainDay, weekday, type PlainDay } from '../day.ts';
import { calendarWith, makeCalendar, type CalendarDay } from './calendar.ts';

/** The slow way: what the calendar was made of inside it, weekdays after it, nothing before it. */
function oracle({ known }: World): (day: PlainDay) => boolean {
  const words = new Map(known.map(({ day, isOpen }) => [day, isOpen]));
  const last = known.at(-1)!.day;
  return (day) => words.get(day) ?? (day > last && weekday(day) !== 0 && weekday(day) !== 6);
}

describe('a calendar', () => {
  test('opens on the days that it was made of, assumes weekdays after them, and nothing before', () => {
    fc.assert(
      fc.property(worlds, days, (world, day) => {
        expect(world.calendar.isOpen(day)).toBe(oracle(world)(day));
        expect(world.calendar.isAssumed(day)).toBe(day > world.known.at(-1)!.day);
      }),
    );
  });

  test('lists known trading days only, as looking at each day would', () => {
    fc.assert(
      fc.property(worlds, days, days, (world, from, to) => {
        const known = world.known.filter(({ day, isOpen }) => isOpen && from <= day && day <= to);
        expect(world.calendar.tradingDays(from, to)).toEqual(known.map(({ day }) => day));
      }),
    );
  });

  test('finds the next and the previous open day as walking would', () => {
    fc.assert(
      fc.property(worlds, days, (world, day) => {
        const isOpen = oracle(world);
        expect(world.calendar.nextOpen(day)).toBe(walk(addDays(day, 1), 1, isOpen));
        expect(world.calendar.previousOpen(day)).toBe(walk(addDays(day, -1), -1, isOpen));
      }),
    );
  });

  test('numbers its open days without a hole, over the assumed ones too', () => {
    fc.assert(
      fc.property(worlds, days, (world, day) => {
        const { calendar } = world;
        const before = eachDay(WORLD_FIRST, addDays(day, -1)).filter(oracle(world));
        expect(calendar.openIndex(day)).toBe(before.length);
        expect(calendar.openDayAt(calendar.openIndex(day))).toBe(walk(day, 1, oracle(world)));
      }),
    );
  });

  test('has no day of a number that is none', () => {
    const calendar = makeCalendar(WORLD_FIRST, WORLD_FIRST, () => true);
    for (const index of [-1, 0.5, Number.NaN, Infinity]) expect(calendar.openDayAt(index)).toBeUndefined();
  });

  test('cannot end before it begins', () => {
    expect(() => makeCalendar(WORLD_FIRST, addDays(WORLD_FIRST, -1), () => true)).toThrow(RangeError);
  });
});

describe('a calendar with words laid over it', () => {
  const words = fc.array(fc.record({ day: days, isOpen: fc.boolean() }), { maxLength: 40 });

  test('is the old one where nothing is said, and what was said last where something is', () => {
    fc.assert(
      fc.property(worlds, words, dayPairs, (world, said, { from, to }) => {
        const calendar = calendarWith(world.calendar, said);
        const spoken = new Map(said.map(({ day, isOpen }) => [day, isOpen]));
        for (const day of eachDay(from, to).filter(
          (each) => each >= calendar.firstDay && !calendar.isAssumed(each),
        )) {
          expect(calendar.isOpen(day)).toBe(
            spoken.get(day) ?? (world.calendar.isAssumed(day) ? false : oracle(world)(day)),
          );
        }
      }),
    );
  });

  test('knows days as far as they are named without a hole but weekends', () => {
    fc.assert(
      fc.property(worlds, words, (world, said) => {
        const named = new Set(said.map(({ day }) => day));
        const { lastKnownDay } = calendarWith(world.calendar, said);
        const joined = eachDay(addDays(world.calendar.lastKnownDay, 1), lastKnownDay);
        for (const day of joined) expect(named.has(day) || weekday(day) % 6 === 0).toBe(true);
        expect(lastKnownDay === world.calendar.lastKnownDay || named.has(lastKnownDay)).toBe(true);
        const next = walk(addDays(lastKnownDay, 1), 1, (day) => named.has(day) || weekday(day) % 6 !== 0);
        expect(named.has(next!)).toBe(false);
      }),
    );
  });

  test('takes a new year that is named by its weekdays alone', () => {
    const base = makeCalendar(plainDay('2026-12-28'), plainDay('2026-12-31'), () => true);
    const year = eachDay(plainDay('2027-01-01'), plainDay('2027-12-31')).filter(
      (day) => weekday(day) % 6 !== 0,
    );
    const calendar = calendarWith(
      base,
      year.map((day): CalendarDay => ({ day, isOpen: day !== '2027-01-01' })),
    );
    expect(calendar.lastKnownDay).toBe('2027-12-31');
    expect(calendar.nextOpen(plainDay('2026-12-31'))).toBe('2027-01-04');
    expect(calendar.isOpen(plainDay('2027-02-06'))).toBe(false);
  });

  test('leaves days beyond a hole out until the hole is filled', () => {
    const base = makeCalendar(plainDay('2026-12-28'), plainDay('2026-12-31'), () => true);
    const closed = { day: plainDay('2027-01-05'), isOpen: false };
    expect(calendarWith(base, [closed]).lastKnownDay).toBe('2026-12-31');
    expect(calendarWith(base, [closed]).isOpen(closed.day)).toBe(true);
    const filler = ['2027-01-01', '2027-01-04'].map((day) => ({ day: plainDay(day), isOpen: false }));
    expect(calendarWith(base, [closed, ...filler]).isOpen(closed.day)).toBe(false);
  });

  test('is the same object when nothing is said', () => {
    const base = makeCalendar(WORLD_FIRST, WORLD_FIRST, () => true);
    expect(calendarWith(base, [])).toBe(base);
  });
});

function walk(start: PlainDay, step: 1 | -1, stop: (day: PlainDay) => boolean): PlainDay | undefined {
  let day = start;
  while (!stop(day)) {
    if (step === -1 && day < WORLD_FIRST) return undefined;
    day = addDays(day, step);
  }
  return day;
}
