import {
  addDays,
  DEFAULT_ZONE,
  parseDay,
  readTime,
  requireZone,
  type Instant,
  type Moment,
  type Occurrences,
  type Schedule,
  type Zone,
} from '@tapekeeper/core';

/** A stretch of time that somebody asks about; `to` is not in it. */
export interface TimeWindow {
  readonly from: Instant;
  readonly to: Instant;
}

const MINUTE_MS = 60_000;
const SECOND_MS = 1000;
const TO_THE_MINUTE = /[T ]\d{2}:\d{2}\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** The zone that a schedule's times are read and told in. */
export function zoneOfSchedule({ trigger }: Schedule): Zone {
  return requireZone(trigger.kind === 'cron' ? trigger.zone : DEFAULT_ZONE);
}

/**
 * The time that somebody wrote: a whole day, a minute, or a second, by how much was written. Raises
 * `bad_time`.
 */
export function readWindow(text: string, zone: Zone): TimeWindow {
  const from = readTime(text, zone);
  const day = parseDay(text.trim());
  if (day !== undefined) return { from, to: zone.startOf(addDays(day, 1)) };
  return { from, to: from + (TO_THE_MINUTE.test(text.trim()) ? MINUTE_MS : SECOND_MS) };
}

/** The moments of a window, oldest first, at most so many. */
export function momentsWithin(
  occurrences: Occurrences,
  { from, to }: TimeWindow,
  most: number,
): readonly Moment[] {
  const moments: Moment[] = [];
  for (let after = from - 1; moments.length < most;) {
    const moment = occurrences.next(after);
    if (moment === undefined || moment.scheduledFor >= to) break;
    moments.push(moment);
    after = moment.scheduledFor;
  }
  return moments;
}

/** As far back as a moment is looked for. */
const LOOK_BACK_MS = 5 * 366 * 86_400_000;

/** The last moment before an instant, found with the only step that there is: the next one after a time. */
export function momentBefore(occurrences: Occurrences, at: Instant): Moment | undefined {
  let found: Moment | undefined;
  let step = MINUTE_MS;
  for (; found === undefined && step < 2 * LOOK_BACK_MS; step *= 4)
    found = before(occurrences, at - step, at);
  if (found === undefined) return undefined;
  let [low, high] = [found.scheduledFor, at];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const later = before(occurrences, middle, at);
    if (later === undefined) high = middle;
    else [found, low] = [later, later.scheduledFor];
  }
  return found;
}

/** The first moment after a time, if it comes before the instant. */
function before(occurrences: Occurrences, after: Instant, at: Instant): Moment | undefined {
  const moment = occurrences.next(after);
  return moment !== undefined && moment.scheduledFor < at ? moment : undefined;
}
