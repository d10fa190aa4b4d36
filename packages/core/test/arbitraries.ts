/** Small worlds for property tests, with the plain lists that slow oracles read. */
import fc from 'fast-check';
import {
  addDays,
  Bitmap,
  makeCalendar,
  plainDay,
  symbolOf,
  type Calendar,
  type InstrumentRange,
  type DayMembers,
  type Listing,
  type PlainDay,
} from '../src/index.ts';

/** A Thursday, so that a few days reach a weekend; after Beijing opened. */
export const WORLD_FIRST = plainDay('2023-12-28');
const LONGEST = 40;

export interface World {
  readonly calendar: Calendar;
  /** Each known day with what the calendar was made from. */
  readonly known: readonly { readonly day: PlainDay; readonly isOpen: boolean }[];
}

/** A calendar of up to 40 days on which any day, weekends too, may be open or closed. */
export const worlds: fc.Arbitrary<World> = fc
  .array(fc.boolean(), { minLength: 1, maxLength: LONGEST })
  .map((open) => {
    const known = open.map((isOpen, i) => ({ day: addDays(WORLD_FIRST, i), isOpen }));
    const words = new Map(known.map(({ day, isOpen }) => [day, isOpen]));
    const calendar = makeCalendar(WORLD_FIRST, known.at(-1)!.day, (day) => words.get(day)!);
    return { calendar, known };
  });

/** Days before, in and after any such calendar. */
export const days: fc.Arbitrary<PlainDay> = fc
  .integer({ min: -5, max: LONGEST + 15 })
  .map((offset) => addDays(WORLD_FIRST, offset));

/** Days of which the first is not after the second. */
export const dayPairs = fc
  .tuple(days, days)
  .map(([a, b]) => (a <= b ? { from: a, to: b } : { from: b, to: a }));

const IDS = [1, 2, 3, 40, 41] as const;
const SYMBOLS = ['600001.SH', '600002.SH', '000003.SZ', '000040.SZ', '920041.BJ'].map(symbolOf);

export const ids = fc.constantFrom(...IDS);

/** A listing of each of some instruments, at times ended, at times not begun. */
export const listings: fc.Arbitrary<readonly Listing[]> = fc
  .tuple(...IDS.map(() => fc.option(fc.tuple(fc.option(days), fc.option(days)))))
  .map((drawn) =>
    drawn.flatMap((dates, i) =>
      dates === null
        ? []
        : [{ instrumentId: IDS[i]!, symbol: SYMBOLS[i]!, listDate: dates[0], delistDate: dates[1] }],
    ),
  );

export const ranges: fc.Arbitrary<readonly InstrumentRange[]> = fc.array(
  fc.tuple(ids, dayPairs).map(([instrumentId, pair]) => ({ instrumentId, ...pair })),
  { maxLength: 12 },
);

export const dayRows: fc.Arbitrary<readonly DayMembers[]> = fc.array(
  fc.tuple(days, fc.array(ids)).map(([day, members]) => ({ day, members: Bitmap.of(members) })),
  { maxLength: 12 },
);

export const exceptions = fc.array(
  fc.record({
    instrumentId: ids,
    day: days,
    kind: fc.constantFrom('suspended' as const, 'absent' as const, 'accepted' as const),
  }),
  { maxLength: 12 },
);

/** Every day from one to the other. */
export function eachDay(from: PlainDay, to: PlainDay): PlainDay[] {
  const all: PlainDay[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) all.push(day);
  return all;
}

/** A cell as text, for sets of cells. */
export function cellOf(instrumentId: number, day: PlainDay): string {
  return `${instrumentId}@${day}`;
}
