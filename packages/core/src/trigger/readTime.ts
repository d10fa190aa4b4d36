import { dayNumber, DAY_MS, parseDay, type Instant } from '../day.ts';
import { AppError } from '../error/appError.ts';
import type { Zone } from './zone.ts';

const SHAPE =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** Nobody means a time outside these; an offset or a step from their edges stays a day that can be written. */
const FIRST_DAY = '1900-01-01';
const LAST_DAY = '2999-12-31';

/**
 * Reads a time that a person wrote: a day, which is its first instant in the zone, a wall time of the
 * zone, or a time with its own offset. Raises `bad_time`, also
 * outside 1900 to 2999.
 * @example readTime('2026-11-22T08:00', zone)
 */
export function readTime(text: string, zone: Zone): Instant {
  const [, date = '', hour = '00', minute = '00', second = '00', fraction = '', offset] =
    SHAPE.exec(text.trim()) ?? [];
  const day = parseDay(date);
  const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  if (day === undefined || day < FIRST_DAY || day > LAST_DAY || !isTime) throw unread(text);
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  const wall = dayNumber(day) * DAY_MS + seconds * 1000 + Number(fraction.padEnd(3, '0'));
  return offset === undefined ? zone.instantOf(wall) : wall - offsetOf(text, offset);
}

function offsetOf(text: string, offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(-2))];
  if (hours > 23 || minutes > 59) throw unread(text);
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function unread(text: string): AppError {
  return new AppError('bad_time', { value: text.slice(0, 80) });
}
