import { addDays, parseDay, shanghaiInstant, type Instant } from '@tapekeeper/core';
import { DocumentedRefusal } from '../../refusal.ts';

const TIME = /^(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?$/;

/**
 * The time at which a stretch begins, or ends: a day, or a time of the clock in Shanghai unless it names a zone. A day
 * that ends a stretch is part of it. Null where nothing is said; refused with 422 where it is no time.
 */
export function readTime(
  name: string,
  written: string | null | undefined,
  end: 'begins' | 'ends',
): Instant | null {
  const told = written?.trim() ?? '';
  if (told === '') return null;
  const day = parseDay(told);
  if (day !== undefined) return shanghaiInstant(end === 'ends' ? addDays(day, 1) : day, 0);
  const [, ofDay, , , zone] = TIME.exec(told) ?? [];
  const instant =
    ofDay === undefined
      ? Number.NaN
      : Date.parse(`${told.replace(' ', 'T')}${zone === undefined ? '+08:00' : ''}`);
  if (Number.isNaN(instant)) throw new DocumentedRefusal('bad_request', 422, `${name} 不是有效的时间`);
  return instant;
}
