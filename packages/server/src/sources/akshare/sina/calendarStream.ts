import { dayOfNumber, plainDay, type PlainDay } from '@tapekeeper/core';
import { malformedFrom } from '../hosts.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BITS_A_LETTER = 6;

/** The kind of stream that holds a calendar; the same letters hold bars elsewhere. */
const CALENDAR_STREAM = 139;

/** Day number of the first weekday that the stream can name, 1990-12-19. */
const EPOCH = 7657;
/** Far beyond any announced day: four hundred years of weekdays in a stream that is not what it seems. */
const MOST_DAYS = 150_000;
/** Counted in threes of bits; fifteen bits hold any run of weekdays. */
const WIDEST = 5;

/** A trading day that the stream lacks. */
const MISSED = plainDay('1992-05-04');

/** Bits of a text, the least significant of each letter first; nought after its end. */
function bitsOf(letters: string) {
  let at = 0;
  const bit = (): number => {
    const letter = ALPHABET.indexOf(letters.charAt(Math.floor(at / BITS_A_LETTER)));
    const value = at < letters.length * BITS_A_LETTER ? (letter >> (at % BITS_A_LETTER)) & 1 : 0;
    at += 1;
    return value;
  };
  const number = (width: number): number => {
    let value = 0;
    for (let place = 0; place < width; place += 1) value += bit() * 2 ** place;
    return value;
  };
  return { bit, number, isOver: () => at > letters.length * BITS_A_LETTER };
}

/**
 * The trading days, ascending, of the letters in Sina's calendar. After a head (kind, version, first and
 * last number of a day) come runs: so many weekdays that are open, then one that is closed. How many bits
 * tell the length of a run is itself told as a change, before a run where it changes. Weekends are stepped over.
 * Throws `malformed` for letters that are no calendar.
 */
export function decodeSinaCalendar(text: string): readonly PlainDay[] {
  const letters = /"([A-Za-z0-9+/]{8,20000})"/.exec(text)?.[1];
  if (letters === undefined) throw malformedFrom('sina', 'the calendar holds no letters.');
  const { bit, number, isOver } = bitsOf(letters);
  const kind = number(12);
  const version = number(6) ^ 63;
  if (kind !== CALENDAR_STREAM || version > 1)
    throw malformedFrom('sina', `stream ${kind} version ${version} is no calendar.`);
  let at = number(18) - 1;
  const end = number(18);
  if (end - at > MOST_DAYS) throw malformedFrom('sina', 'the calendar is longer than any.');

  const days: PlainDay[] = [];
  let width = 0;
  let left = 0;
  while (at < end) {
    at = nextWeekday(at);
    const isFirst = days.length === 0;
    if (left > 0) {
      left -= 1;
    } else {
      if (bit() === 1) width += changeOfWidth(bit);
      if (width < 0 || width > WIDEST) throw malformedFrom('sina', 'the calendar has a run of no length.');
      left = number(3 * width);
      if (isOver()) throw malformedFrom('sina', 'the calendar ends too early.');
      // A run follows on a closed day, but the first one begins at once.
      if (!isFirst) continue;
      left -= 1;
    }
    days.push(dayOfNumber(EPOCH + at));
  }
  return withMissed(days);
}

/** Days of the stream are counted from a Wednesday. */
function nextWeekday(at: number): number {
  const next = at + 1;
  const ofWeek = next % 7;
  return ofWeek === 3 || ofWeek === 4 ? next + 5 - ofWeek : next;
}

/** A sign, then as many ones as it is more than one. */
function changeOfWidth(bit: () => number): number {
  const sign = bit() === 1 ? 1 : -1;
  let size = 1;
  while (bit() === 1) size += 1;
  return sign * size;
}

function withMissed(days: readonly PlainDay[]): readonly PlainDay[] {
  const at = days.findIndex((day) => day >= MISSED);
  return at <= 0 || days[at] === MISSED ? days : days.toSpliced(at, 0, MISSED);
}
