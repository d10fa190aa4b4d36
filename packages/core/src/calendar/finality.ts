import type { Finality } from '../dataset/dataset.ts';
import { addDays, shanghaiDay, shanghaiInstant, type Instant, type PlainDay } from '../day.ts';
import type { Calendar } from './calendar.ts';
import { disclosureDeadline } from './quarters.ts';

/**
 * The newest trading day whose rows are final at an instant. Days that are only assumed to be open are
 * never final; where no day is final yet, the answer is the day before the calendar begins.
 * @example lastFinalDay(calendar, DATASETS.daily_bars.finality, shanghaiInstant(plainDay('2024-01-03'), 990))
 * // '2024-01-02', since bars are final from 17:00
 */
export function lastFinalDay(calendar: Calendar, finality: Finality, at: Instant): PlainDay {
  const today = shanghaiDay(at);
  const newest = today < calendar.lastKnownDay ? today : calendar.lastKnownDay;
  let day = calendar.isOpen(newest) ? newest : calendar.previousOpen(newest);
  while (day !== undefined && !isFinal(finality, day, at)) day = calendar.previousOpen(day);
  return day ?? addDays(calendar.firstDay, -1);
}

/**
 * The newest day of which no correction is expected any more.
 * @example lastSettledDay(calendar, DATASETS.daily_bars.finality, at)
 */
export function lastSettledDay(calendar: Calendar, finality: Finality, at: Instant): PlainDay {
  const last = lastFinalDay(calendar, finality, at);
  const settled = calendar.openDayAt(calendar.openIndex(last) - finality.settleDays);
  return settled ?? addDays(calendar.firstDay, -1);
}

/**
 * Whether corrections of a day are no longer expected: `settleDays` trading days later are final too.
 * @example isSettled(calendar, DATASETS.daily_bars.finality, plainDay('2024-01-02'), at)
 */
export function isSettled(calendar: Calendar, finality: Finality, day: PlainDay, at: Instant): boolean {
  const settling = calendar.openDayAt(calendar.openIndex(day) + finality.settleDays);
  return settling !== undefined && isFinal(finality, settling, at);
}

function isFinal(finality: Finality, day: PlainDay, at: Instant): boolean {
  const due = finality.due === 'disclosure' ? disclosureDeadline(day) : day;
  return at >= shanghaiInstant(due, finality.finalFromMinutes);
}
