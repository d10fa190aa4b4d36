import { Cron } from 'croner';
import { requireZone, zonedTimes, type CronReader, type WallTimes } from '@tapekeeper/core';
import { FIELD_MODE, readCronFields } from './cronFields.ts';

/**
 * Reads a cron expression of 5 or 6 fields as Vixie cron does, 0 and 7 being Sunday. The library only finds
 * wall times, as though the zone were UTC: what clocks skip and repeat is decided by `zonedTimes`, so that
 * every zone follows one rule, and the zone of the process never matters. Raises `bad_cron`,
 * `cron_too_long` and `unknown_zone`.
 */
export const cronReader: CronReader = (expression, zoneName) =>
  zonedTimes(wallTimesOf(expression), requireZone(zoneName));

function wallTimesOf(expression: string): WallTimes {
  const { text, needsBothDays } = readCronFields(expression);
  const cron = new Cron(text, { paused: true, mode: FIELD_MODE, utcOffset: 0, domAndDow: needsBothDays });
  return { next: (after) => cron.nextRun(new Date(after))?.getTime() };
}
