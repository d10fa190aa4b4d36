import { readFileSync } from 'node:fs';
import { addDays, dayOfNumber, type PlainDay, plainDay, weekday } from '@tapekeeper/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeCalendar } from './calendarStream.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Reads a stream by the rules of its format, apart from the code that writes it. */
function decode(text: string): PlainDay[] {
  const values = Array.from(text, (character) => ALPHABET.indexOf(character));
  let place = 0;
  const bits = (count: number): number => {
    let value = 0;
    for (let bit = 0; bit < count; bit += 1, place += 1) {
      value += ((values[Math.floor(place / 6)]! >> (place % 6)) & 1) * 2 ** bit;
    }
    return value;
  };
  expect([bits(12), bits(6) ^ 63]).toEqual([139, 0]);
  let index = bits(18);
  const last = bits(18);
  const days: PlainDay[] = [];
  let width = 0;
  while (index <= last) {
    if (bits(1) === 1) {
      const sign = bits(1) === 1 ? 1 : -1;
      let step = 1;
      while (bits(1) === 1) step += 1;
      width += sign * step;
    }
    for (let open = bits(3 * width); index <= last; index += 1) {
      const day = dayOfNumber(7657 + index);
      if (weekday(day) % 6 === 0) continue;
      if (open === 0) {
        index += 1;
        break;
      }
      open -= 1;
      days.push(day);
    }
  }
  return days;
}

const captured = readFileSync(new URL('../../../test-data/sina_klc_td_sh.txt', import.meta.url), 'utf8');
const payload = /"([^"]+)"/.exec(captured)![1]!;

test('writes the very characters that Sina has for its 36 years', () => {
  const days = decode(payload);
  expect([days.length, days[0], days.at(-1)]).toEqual([8796, '1990-12-19', '2026-12-31']);
  expect(days).not.toContain('1992-05-04');
  expect(encodeCalendar(days)).toBe(payload);
});

test('has nothing to write where no day is open', () => {
  expect(encodeCalendar([])).toBeUndefined();
  expect(encodeCalendar([plainDay('2024-01-06')])).toBeUndefined();
});

test('any set of weekdays comes back', () => {
  const first = plainDay('2020-01-01');
  const day = fc.integer({ min: 0, max: 4000 }).map((count) => addDays(first, count));
  fc.assert(
    fc.property(fc.uniqueArray(day, { minLength: 1, maxLength: 300 }), (days) => {
      const open = days.filter((each) => weekday(each) % 6 !== 0).sort();
      fc.pre(open.length > 0);
      expect(decode(encodeCalendar(open)!)).toEqual(open);
    }),
  );
});
