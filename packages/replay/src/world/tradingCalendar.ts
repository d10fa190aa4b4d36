import { addDays, parseDay, type PlainDay } from '@tapekeeper/core';
import { parseCsv } from './csv.ts';
import { lowerBound } from './barTable.ts';

export interface CalendarDay {
  readonly day: PlainDay;
  readonly open: boolean;
  /** The trading day before; undefined for the first one. */
  readonly previous: PlainDay | undefined;
}

export interface TradingCalendar {
  /** Days of an exchange (SSE, SZSE, BSE), ascending; none for exchanges that are not known. */
  days(exchange: string): readonly CalendarDay[];
  /** The first open day after a day; past the calendar's end simply the next day. */
  nextOpen(day: PlainDay): PlainDay;
}

/** Shanghai, Shenzhen and Beijing trade on the same days, so a file may hold one of them for all. */
const SHARED = ['SSE', 'SZSE', 'BSE'];

/**
 * Reads `exchange,cal_date,is_open,pretrade_date`. Throws an Error when a column lacks, a day cannot
 * be read or there is no open day.
 */
export function readCalendar(text: string): TradingCalendar {
  const { columns, rows } = parseCsv(text);
  const [exchangeAt, dayAt, openAt, previousAt] = ['exchange', 'cal_date', 'is_open', 'pretrade_date'].map(
    (name) => {
      const index = columns.indexOf(name);
      if (index < 0) throw new Error(`it lacks the column ${name}`);
      return index;
    },
  ) as [number, number, number, number];

  const byExchange = new Map<string, CalendarDay[]>();
  rows.forEach((row, index) => {
    const day = parseDay(row[dayAt]!);
    if (day === undefined) throw new Error(`line ${index + 2} has no day`);
    const days = byExchange.get(row[exchangeAt]!) ?? [];
    days.push({ day, open: row[openAt] === '1', previous: parseDay(row[previousAt]!) });
    byExchange.set(row[exchangeAt]!, days);
  });
  for (const days of byExchange.values()) days.sort((a, b) => (a.day < b.day ? -1 : 1));

  return calendarOf(byExchange);
}

/** A calendar of the days given. Throws an Error when none of them is open. */
export function calendarOf(byExchange: ReadonlyMap<string, readonly CalendarDay[]>): TradingCalendar {
  const shared = byExchange.get('SSE') ?? [...byExchange.values()][0] ?? [];
  const openDays = shared.filter(({ open }) => open).map(({ day }) => day);
  if (openDays.length === 0) throw new Error('it has no open day');
  return {
    days: (exchange) => byExchange.get(exchange) ?? (SHARED.includes(exchange) ? shared : []),
    nextOpen: (day) => openDays[lowerBound(openDays, addDays(day, 1), 0, openDays.length)] ?? addDays(day, 1),
  };
}
