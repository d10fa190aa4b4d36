/**
 * Makes packages/core/src/calendar/builtinDays.ts from the trading_calendar.csv of a data folder
 * (columns exchange, cal_date, is_open, pretrade_date; every calendar day ascending).
 *
 *   node scripts/makeCalendar.ts <data folder>
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addDays, dayNumber, parseDay, weekday, type PlainDay } from '../packages/core/src/day.ts';

const TARGET = new URL('../packages/core/src/calendar/builtinDays.ts', import.meta.url);

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write('usage: node scripts/makeCalendar.ts <data folder>\n');
  process.exit(64);
}

const days = readCalendar(join(folder, 'trading_calendar.csv'));
const first = days[0]!.day;
const last = days.at(-1)!.day;
writeFileSync(TARGET, source(first, last, closedWeekdays(days)));
process.stdout.write(`${first} to ${last}: ${days.filter((day) => day.isOpen).length} trading days\n`);

function readCalendar(file: string): { day: PlainDay; isOpen: boolean }[] {
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const names = header!.split(',');
  const at = { day: names.indexOf('cal_date'), open: names.indexOf('is_open') };
  if (at.day < 0 || at.open < 0) throw new Error(`${file}: no columns cal_date and is_open`);
  const read = lines.map((line) => {
    const fields = line.split(',');
    const day = parseDay(fields[at.day] ?? '');
    if (day === undefined) throw new Error(`${file}: no day in "${line}"`);
    return { day, isOpen: fields[at.open] === '1' };
  });
  read.forEach(({ day, isOpen }, i) => {
    const before = read[i - 1];
    if (before && dayNumber(day) !== dayNumber(before.day) + 1)
      throw new Error(`${file}: ${before.day} then ${day}`);
    if (isOpen && isWeekend(day))
      throw new Error(`${file}: ${day} is open on a weekend; the form cannot say that`);
  });
  return read;
}

/** Closed weekdays by year, runs written `0929-1007`. A run goes on over a weekend, not over a year's end. */
function closedWeekdays(calendar: readonly { day: PlainDay; isOpen: boolean }[]): Map<string, string[]> {
  const byYear = new Map<string, string[]>();
  const closed = calendar.filter(({ day, isOpen }) => !isOpen && !isWeekend(day)).map(({ day }) => day);
  let start = closed[0];
  closed.forEach((day, i) => {
    const next = closed[i + 1];
    if (next !== undefined && next === nextWeekday(day) && next.slice(0, 4) === day.slice(0, 4)) return;
    const year = day.slice(0, 4);
    const runs = byYear.get(year) ?? [];
    runs.push(start === day ? monthDay(day) : `${monthDay(start!)}-${monthDay(day)}`);
    byYear.set(year, runs);
    start = next;
  });
  return byYear;
}

function source(from: PlainDay, to: PlainDay, byYear: Map<string, string[]>): string {
  return [
    '// Made by scripts/makeCalendar.ts from trading_calendar.csv; run it again rather than edit.',
    '',
    "import { plainDay } from '../day.ts';",
    '',
    `export const BUILTIN_FIRST_DAY = plainDay('${from}');`,
    `export const BUILTIN_LAST_DAY = plainDay('${to}');`,
    '',
    '/**',
    ' * Weekdays on which the exchanges were closed, by year: `0101` is one day, `0929-1007` the weekdays',
    ' * from the one to the other. Saturdays and Sundays have always been closed.',
    ' */',
    'export const CLOSED_WEEKDAYS: Readonly<Record<string, string>> = {',
    ...[...byYear].map(([year, runs]) => `  ${year}: '${runs.join(' ')}',`),
    '};',
    '',
  ].join('\n');
}

function isWeekend(day: PlainDay): boolean {
  return weekday(day) === 0 || weekday(day) === 6;
}

function nextWeekday(day: PlainDay): PlainDay {
  const next = addDays(day, 1);
  return isWeekend(next) ? nextWeekday(next) : next;
}

function monthDay(day: PlainDay): string {
  return day.slice(5, 7) + day.slice(8, 10);
}
