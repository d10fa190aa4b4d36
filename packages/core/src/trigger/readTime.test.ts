import { expect, test } from 'vitest';
import { isoInstant } from '../day.ts';
import { requireZone } from './occurrences.ts';
import { readTime } from './readTime.ts';

test.each([
  ['2026-11-22', 'Asia/Shanghai', '2026-11-21T16:00:00.000Z'],
  ['2026-11-22T08:00', 'Asia/Shanghai', '2026-11-22T00:00:00.000Z'],
  ['2026-11-22 08:00:30', 'Asia/Shanghai', '2026-11-22T00:00:30.000Z'],
  ['2026-11-22T08:00:30.25', 'UTC', '2026-11-22T08:00:30.250Z'],
  ['2026-11-22T08:00Z', 'Asia/Shanghai', '2026-11-22T08:00:00.000Z'],
  ['2026-11-22T08:00:00+08:00', 'America/New_York', '2026-11-22T00:00:00.000Z'],
  ['2026-11-22T08:00-0530', 'UTC', '2026-11-22T13:30:00.000Z'],
  ['2026-03-08T02:30', 'America/New_York', '2026-03-08T07:00:00.000Z'],
  ['1991-05-06T09:30', 'Asia/Shanghai', '1991-05-06T00:30:00.000Z'],
])('%s in %s is %s', (text, zone, iso) => {
  expect(isoInstant(readTime(text, requireZone(zone)))).toBe(iso);
});

test.each([
  '',
  'now',
  '2026-02-30',
  '2026-11-22T24:00',
  '2026-11-22T08',
  '2026-11-22T08:00+25:00',
  '22.11.2026',
  '1899-12-31',
  '9999-12-31T23:59:59.999Z',
])('"%s" is refused', (text) => {
  expect(() => readTime(text, requireZone('UTC'))).toThrow('2026-11-22T08:00');
});
