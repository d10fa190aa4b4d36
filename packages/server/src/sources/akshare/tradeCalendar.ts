import { addDays, EXCHANGES, plainDay, weekday, type PlainDay, type Row } from '@tapekeeper/core';
import type { Question } from '../../ports/source.ts';
import { z } from 'zod';
import { readDay, readFlag } from '../cell.ts';
import { callAkshare, type AkshareClient, type Asking } from './client.ts';
import type { Found } from './gathering.ts';
import { malformedFrom } from './hosts.ts';
import { decodeSinaCalendar } from './sina/calendarStream.ts';
import { readJson, utf8Text } from './text.ts';

export type AllQuestion = Question & { readonly shape: 'all' };

export const CALENDAR_COLUMNS: readonly string[] = ['exchange', 'cal_date', 'is_open', 'prev_trade_date'];

/** Before the first session of Shanghai nothing was open. */
const FIRST_SESSION = plainDay('1990-12-19');

/** Months that the exchange is asked for, one a call: it is the way out of a failure, not a history. */
export const MOST_MONTHS = 40;

/** The whole calendar in one call. The three exchanges trade on the same days. */
export async function readSinaCalendar(
  client: AkshareClient,
  question: AllQuestion,
  asking: Asking,
): Promise<Found> {
  const body = await callAkshare(
    client,
    { origin: 'sina', api: 'klc_td_sh', path: '/realstock/company/klc_td_sh.txt' },
    asking,
  );
  const days = decodeSinaCalendar(utf8Text('sina', body));
  const last = days.at(-1);
  if (last === undefined || days[0] !== FIRST_SESSION)
    throw malformedFrom('sina', 'the calendar does not begin in 1990.');
  // Years are announced whole: one whose December is known is known to its end.
  const knownTo = last.slice(5, 7) === '12' ? plainDay(`${last.slice(0, 4)}-12-31`) : last;
  return found(days, question.from, question.to < knownTo ? question.to : knownTo);
}

const month = z.object({
  data: z.array(z.object({ jyrq: z.string(), jybz: z.union([z.string(), z.number()]) })),
});

/** The calendar of a few months, as Shenzhen publishes it: from the month before the first to the last published. */
export async function readSzseCalendar(
  client: AkshareClient,
  question: AllQuestion,
  asking: Asking,
): Promise<Found> {
  const open: PlainDay[] = [];
  let knownTo = addDays(question.from, -1);
  for (const name of monthsOf(question)) {
    const days = await readMonth(client, name, asking);
    if (days.length === 0) break;
    for (const { day, isOpen } of days) if (isOpen) open.push(day);
    knownTo = endOfMonth(name);
  }
  return found(open, question.from, question.to < knownTo ? question.to : knownTo);
}

/** Months as `2024-02`: the one before the range shows the trading day before its first. */
export function monthsOf({ from, to }: Pick<AllQuestion, 'from' | 'to'>): readonly string[] {
  const months: string[] = [];
  let name = addDays(plainDay(`${from.slice(0, 7)}-01`), -1).slice(0, 7);
  while (name <= to.slice(0, 7)) {
    months.push(name);
    name = addDays(endOfMonth(name), 1).slice(0, 7);
  }
  return months;
}

async function readMonth(
  client: AkshareClient,
  name: string,
  asking: Asking,
): Promise<readonly { readonly day: PlainDay; readonly isOpen: boolean }[]> {
  const body = await callAkshare(
    client,
    {
      origin: 'szse',
      api: 'monthList',
      path: '/api/report/exchange/onepersistenthour/monthList',
      referer: 'https://www.szse.cn/disclosure/calendar/',
      query: { month: name },
    },
    asking,
  );
  const days = readJson('szse', utf8Text('szse', body), month).data.map(({ jyrq, jybz }) => {
    const day = readDay(jyrq);
    if (!day || day.slice(0, 7) !== name)
      throw malformedFrom('szse', `it sent ${jyrq.slice(0, 20)} for ${name}.`);
    const isOpen = readFlag(jybz);
    if (typeof isOpen !== 'boolean')
      throw malformedFrom('szse', `it does not say whether ${day} is a trading day.`);
    if (isOpen && isWeekend(day)) throw malformedFrom('szse', `${day} is on a weekend, and open.`);
    return { day, isOpen };
  });
  const named = new Set(days.map(({ day }) => day));
  if (named.size !== days.length) throw malformedFrom('szse', `a day of ${name} came twice.`);
  for (let day = plainDay(`${name}-01`); days.length > 0 && day <= endOfMonth(name); day = addDays(day, 1)) {
    if (!named.has(day) && !isWeekend(day)) throw malformedFrom('szse', `${day} is missing in its month.`);
  }
  return days.toSorted((one, other) => (one.day < other.day ? -1 : 1));
}

function endOfMonth(name: string): PlainDay {
  return addDays(plainDay(`${addDays(plainDay(`${name}-28`), 4).slice(0, 7)}-01`), -1);
}

function isWeekend(day: PlainDay): boolean {
  return weekday(day) % 6 === 0;
}

/** Each day of each exchange with the trading day before it; `open` is ascending and begins before `from`. */
function found(open: readonly PlainDay[], from: PlainDay, to: PlainDay): Found {
  const rows: Row[] = [];
  let next = open.findIndex((day) => day >= from);
  if (next < 0) next = open.length;
  let previous = open[next - 1] ?? null;
  for (let day = from; day <= to; day = addDays(day, 1)) {
    const isOpen = open[next] === day;
    for (const exchange of EXCHANGES)
      rows.push({ exchange, cal_date: day, is_open: isOpen, prev_trade_date: previous });
    if (isOpen) {
      previous = day;
      next += 1;
    }
  }
  return { columns: CALENDAR_COLUMNS, rows, unreadable: [] };
}
