/** Random cron expressions, each with the test that a wall time has to pass: text and meaning are made side by side. */
import fc from 'fast-check';

export interface RandomCron {
  readonly text: string;
  readonly hasSeconds: boolean;
  /** Whether clocks that show this, in milliseconds as though they showed UTC, fit the expression. */
  fits(wall: number): boolean;
}

interface Field {
  readonly text: string;
  readonly values: ReadonlySet<number>;
}

/** Day of the month, or weekday; `fits` is given a day's number in UTC. */
interface DayField {
  readonly text: string;
  fits(dayNumber: number): boolean;
}

const DAY = 86_400_000;
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS = 'sun mon tue wed thu fri sat'.split(' ');

const numbers = (from: number, to: number, step = 1): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, place) => from + place * step);

function part(low: number, high: number): fc.Arbitrary<Field> {
  const field = (text: string, values: readonly number[]): Field => ({ text, values: new Set(values) });
  const value = fc.integer({ min: low, max: high });
  const range = fc.tuple(value, value).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  const step = fc.integer({ min: 1, max: high - low });
  return fc.oneof(
    value.map((one) => field(String(one), [one])),
    range.map(([from, to]) => field(`${from}-${to}`, numbers(from, to))),
    fc.tuple(range, step).map(([[from, to], by]) => field(`${from}-${to}/${by}`, numbers(from, to, by))),
  );
}

function listOf(low: number, high: number): fc.Arbitrary<Field> {
  return fc.array(part(low, high), { minLength: 1, maxLength: 3 }).map((parts) => ({
    text: parts.map(({ text }) => text).join(','),
    values: new Set(parts.flatMap(({ values }) => [...values])),
  }));
}

function plainField(low: number, high: number): fc.Arbitrary<Field> {
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant({ text: '*', values: new Set(numbers(low, high)) }) },
    {
      weight: 1,
      arbitrary: fc
        .integer({ min: 1, max: high - low + 1 })
        .map((by) => ({ text: `*/${by}`, values: new Set(numbers(low, high, by)) })),
    },
    { weight: 3, arbitrary: listOf(low, high) },
  );
}

const months: fc.Arbitrary<Field> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ text: '*', values: new Set(numbers(1, 12)) }) },
  { weight: 1, arbitrary: plainField(1, 12) },
  {
    weight: 1,
    arbitrary: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }).map((all) => ({
      text: all.map((month) => MONTHS[month - 1]).join(','),
      values: new Set(all),
    })),
  },
);

const date = (dayNumber: number): Date => new Date(dayNumber * DAY);
const lastOfMonth = (dayNumber: number): number =>
  Date.UTC(date(dayNumber).getUTCFullYear(), date(dayNumber).getUTCMonth() + 1, 0) / DAY;
const isWorkingDay = (dayNumber: number): boolean => ![0, 6].includes(date(dayNumber).getUTCDay());

/** The working day of the month that lies nearest to a day of it; undefined where the month has no such day. */
function nearestWorkingDay(dayNumber: number, day: number): number | undefined {
  const last = lastOfMonth(dayNumber);
  const first = last - date(last).getUTCDate() + 1;
  const wished = first + day - 1;
  if (wished > last) return undefined;
  return numbers(first, last)
    .filter(isWorkingDay)
    .sort((a, b) => Math.abs(a - wished) - Math.abs(b - wished))[0];
}

const daysOfMonth: fc.Arbitrary<DayField> = fc.oneof(
  {
    weight: 6,
    arbitrary: plainField(1, 31).map(({ text, values }) => ({
      text,
      fits: (number: number) => values.has(date(number).getUTCDate()),
    })),
  },
  { weight: 1, arbitrary: fc.constant<DayField>({ text: 'L', fits: (day) => day === lastOfMonth(day) }) },
  {
    weight: 1,
    arbitrary: fc.constant<DayField>({
      text: 'LW',
      fits: (day) => day === numbers(lastOfMonth(day) - 6, lastOfMonth(day)).findLast(isWorkingDay),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 31 }).map((wished) => ({
      text: `${wished}W`,
      fits: (day: number) => day === nearestWorkingDay(day, wished),
    })),
  },
);

const weekdays: fc.Arbitrary<DayField> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<DayField>({ text: '*', fits: () => true }) },
  {
    weight: 3,
    arbitrary: listOf(0, 7).map(({ text, values }) => ({
      text,
      fits: (day: number) =>
        values.has(date(day).getUTCDay()) || (values.has(7) && date(day).getUTCDay() === 0),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 }).map((all) => ({
      text: all.map((day) => DAYS[day]).join(','),
      fits: (number: number) => all.includes(date(number).getUTCDay()),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 5 })).map(([day, nth]) => ({
      text: `${day}#${nth}`,
      fits: (number: number) =>
        date(number).getUTCDay() === day % 7 && Math.ceil(date(number).getUTCDate() / 7) === nth,
    })),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 0, max: 7 }).map((day) => ({
      text: `${day}L`,
      fits: (number: number) => date(number).getUTCDay() === day % 7 && number + 7 > lastOfMonth(number),
    })),
  },
);

/** Expressions of 5 fields, or of 6 with seconds first. */
export function randomCrons(hasSeconds: boolean): fc.Arbitrary<RandomCron> {
  return fc
    .tuple(plainField(0, 59), plainField(0, 59), plainField(0, 23), daysOfMonth, months, weekdays)
    .map(([second, minute, hour, dayOfMonth, month, weekday]) => {
      const needsBoth = [dayOfMonth, weekday].some(({ text }) => text.startsWith('*'));
      const fitsDay = remembered(
        (day) =>
          month.values.has(date(day).getUTCMonth() + 1) &&
          (needsBoth ? dayOfMonth.fits(day) && weekday.fits(day) : dayOfMonth.fits(day) || weekday.fits(day)),
      );
      const fields = [minute, hour, dayOfMonth, month, weekday].map(({ text }) => text);
      return {
        text: (hasSeconds ? [second.text, ...fields] : fields).join(' '),
        hasSeconds,
        fits: (wall: number) =>
          (hasSeconds ? second.values.has(Math.floor(wall / 1000) % 60) : wall % 60_000 === 0) &&
          minute.values.has(Math.floor(wall / 60_000) % 60) &&
          hour.values.has(Math.floor(wall / 3_600_000) % 24) &&
          fitsDay(Math.floor(wall / DAY)),
      };
    });
}

function remembered(fits: (day: number) => boolean): (day: number) => boolean {
  const known = new Map<number, boolean>();
  return (day) => {
    const answer = known.get(day) ?? fits(day);
    known.set(day, answer);
    return answer;
  };
}
