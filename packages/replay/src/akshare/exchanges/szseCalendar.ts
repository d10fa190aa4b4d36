import { addDays, parseDay, type PlainDay, shanghaiDay, weekday } from '@tapekeeper/core';
import { type Endpoint, param, type WebCall } from '../endpoint.ts';
import { json, type Reply } from '../reply.ts';

/** The calendar of one month, without a month of the present one; no days beyond what is announced. */
export function szseCalendarEndpoint(): Endpoint {
  return {
    origin: 'szse',
    name: 'calendar',
    path: /^\/api\/report\/exchange\/onepersistenthour\/monthList$/,
    answer,
  };
}

function answer({ request, market, plan, now }: WebCall): Reply {
  const today = shanghaiDay(now);
  const first = firstOf(param(request, 'month')) ?? firstOf(today.slice(0, 7))!;
  const next = addDays(first, 31).slice(0, 7);
  const data = market.calendar
    .days('SZSE')
    .filter(({ day }) => !plan.empty && day >= first && day < next)
    .map(({ day, open }) => ({ jyrq: day, jybz: open ? '1' : '0', zrxh: weekday(day) + 1 }));
  return json({ data, nowdate: today });
}

/** Reads `2024-02` or `2024-2`. */
function firstOf(month: string): PlainDay | undefined {
  const match = /^(\d{4})-(\d{1,2})$/.exec(month);
  return match === null ? undefined : parseDay(`${match[1]}-${match[2]!.padStart(2, '0')}-01`);
}
