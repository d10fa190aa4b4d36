import { dayNumber, weekday, dayOfNumber, type PlainDay } from '@tapekeeper/core';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const EPOCH = 7657;
/** Three bits each: runs of up to 511 days. */
const WIDTH = 3;

/** Trading days, ascending, in the letters of Sina's calendar. */
export function calendarLetters(days: readonly PlainDay[]): string {
  const first = dayNumber(days[0]!) - EPOCH;
  const last = dayNumber(days.at(-1)!) - EPOCH;
  const bits: number[] = [];
  const put = (value: number, width: number) => {
    for (let place = 0; place < width; place += 1) bits.push(Math.floor(value / 2 ** place) % 2);
  };
  put(139, 12);
  put(63, 6);
  put(first, 18);
  put(last, 18);
  runsOf(days).forEach((run, index) => {
    if (index === 0) bits.push(1, 1, ...Array<number>(WIDTH - 1).fill(1), 0);
    else bits.push(0);
    put(run, 3 * WIDTH);
  });
  while (bits.length % 6 !== 0) bits.push(0);
  let letters = '';
  for (let at = 0; at < bits.length; at += 6)
    letters += ALPHABET[bits.slice(at, at + 6).reduce((sum, bit, place) => sum + bit * 2 ** place, 0)];
  return letters;
}

/** Open weekdays up to each closed one; none between two closed ones. */
function runsOf(days: readonly PlainDay[]): readonly number[] {
  const open = new Set(days);
  const runs = [0];
  for (let number = dayNumber(days[0]!); number <= dayNumber(days.at(-1)!); number += 1) {
    const day = dayOfNumber(number);
    if (weekday(day) % 6 === 0) continue;
    if (open.has(day)) runs[runs.length - 1]! += 1;
    else runs.push(0);
  }
  return runs;
}
