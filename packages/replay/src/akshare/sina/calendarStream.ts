import { dayNumber, type PlainDay } from '@tapekeeper/core';

/**
 * Sina's bit stream of trading days. Six bits a character of the base64 alphabet, the least significant
 * bit first:
 *
 *     12 bits  type, always 139
 *      6 bits  version, XOR 63
 *     18 bits  index of the first day, and 18 bits of the last; days are counted from 1990-12-19
 *     runs     of open weekdays, each followed by one weekday that is closed
 *
 * A run is one bit that says whether the width changes, then if it does the step (a bit for the sign,
 * ones for each step beyond the first, a zero), then `3 * width` bits of the number of days. Weekends
 * are never counted; ones fill up the last character.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BITS = 6;
const TYPE = 139;
const VERSION = 0;
/** Day number of 1990-12-19, a Wednesday. */
const ORIGIN = 7657;
const WIDTH_STEP = 3;

/**
 * Encodes open days, ascending; those on weekends cannot be told and are left out.
 * @returns undefined where there are none
 */
export function encodeCalendar(openDays: readonly PlainDay[]): string | undefined {
  const indices = openDays
    .map((day) => dayNumber(day) - ORIGIN)
    .filter((index) => index >= 0 && !isWeekend(index));
  const [first, last] = [indices[0], indices.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const stream = bitWriter();
  stream.number(TYPE, 12);
  stream.number(VERSION ^ 63, 6);
  stream.number(first, 18);
  stream.number(last, 18);
  let width = 0;
  for (const run of runsOf(new Set(indices), first, last)) {
    const needed = Math.ceil((32 - Math.clz32(run)) / WIDTH_STEP);
    stream.number(needed === width ? 0 : 1, 1);
    if (needed !== width) {
      stream.number(needed > width ? 1 : 0, 1);
      for (let step = 1; step < Math.abs(needed - width); step += 1) stream.number(1, 1);
      stream.number(0, 1);
    }
    stream.number(run, WIDTH_STEP * needed);
    width = needed;
  }
  return stream.text();
}

/** Numbers of open weekdays between closed ones. */
function runsOf(open: ReadonlySet<number>, first: number, last: number): number[] {
  const runs: number[] = [];
  let run = 0;
  for (let index = first; index <= last; index += 1) {
    if (isWeekend(index)) continue;
    if (open.has(index)) run += 1;
    else {
      runs.push(run);
      run = 0;
    }
  }
  return [...runs, run];
}

function isWeekend(index: number): boolean {
  return index % 7 === 3 || index % 7 === 4;
}

interface BitWriter {
  number(value: number, bits: number): void;
  text(): string;
}

function bitWriter(): BitWriter {
  const characters: number[] = [];
  let length = 0;
  return {
    number(value, bits) {
      for (let bit = 0; bit < bits; bit += 1, length += 1) {
        if (length % BITS === 0) characters.push(0);
        characters[characters.length - 1]! |= ((value >>> bit) & 1) << (length % BITS);
      }
    },
    text() {
      while (length % BITS !== 0) this.number(1, 1);
      return characters.map((value) => ALPHABET[value]!).join('');
    },
  };
}
