import { plainDay } from '@tapekeeper/core';
import type { Endpoint } from '../endpoint.ts';
import type { Reply } from '../reply.ts';
import { encodeCalendar } from './calendarStream.ts';

/** A trading day that Sina's calendar lacks. */
const FORGOTTEN = plainDay('1992-05-04');

/** All trading days of the calendar, in Sina's packed form. */
export function calendarEndpoint(): Endpoint {
  return {
    origin: 'sina',
    name: 'calendar',
    path: /^\/realstock\/company\/klc_td_sh\.txt$/,
    answer({ market, plan }): Reply {
      const days = plan.empty ? [] : market.market.openDays.filter((day) => day !== FORGOTTEN);
      const text = `var datelist="${encodeCalendar(days) ?? ''}";var KLC_TD_SH=datelist;\n`;
      return { status: 200, type: 'text/plain', body: Buffer.from(text) };
    },
  };
}
