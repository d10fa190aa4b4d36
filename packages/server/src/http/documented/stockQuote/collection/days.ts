import { parseDay, shanghaiDay, type PlainDay } from '@tapekeeper/core';
import type { AppDeps } from '../../../../app/deps.ts';
import { DocumentedRefusal } from '../../refusal.ts';
import { TEXTS } from './texts.ts';

/** Days as `strptime('%Y-%m-%d')` reads them, which asks for no leading zeros. */
const WRITTEN = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;

export interface Span {
  readonly from: PlainDay;
  readonly to: PlainDay;
}

/** The days of a task. Refused with the documented text where one of them is none. */
export function readSpan({ start_date, end_date }: { start_date: string; end_date: string }): Span {
  return { from: readDay(start_date), to: readDay(end_date) };
}

/** Refuses days in the wrong order, and days to come, which the original took and found nothing on. */
export function requireUsable({ from, to }: Span, deps: Pick<AppDeps, 'marketNow'>): void {
  if (from > to) throw new DocumentedRefusal('day_order', 400, `${TEXTS.dayOrder}：${from} > ${to}`);
  const today = shanghaiDay(deps.marketNow());
  if (to > today) throw new DocumentedRefusal('future_day', 400, `${TEXTS.futureDay}（${today}）`);
}

function readDay(written: string): PlainDay {
  const [, year, month = '', day = ''] = WRITTEN.exec(written) ?? [];
  const read = parseDay(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
  if (read === undefined) throw new DocumentedRefusal('bad_day', 400, TEXTS.badDate);
  return read;
}
