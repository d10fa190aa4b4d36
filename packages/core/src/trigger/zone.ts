import { DAY_MS, dayNumber, dayOfNumber, type Instant, type PlainDay } from '../day.ts';

/** What clocks show, in milliseconds, counted as though they showed UTC. */
export type WallTime = number;

/**
 * The clocks of an IANA zone. A wall time is due at the first instant at which the clocks show it or a
 * later time: one that is skipped when clocks are put forward at the first instant after the gap, one
 * that comes twice when they are put back at the first of the two.
 */
export interface Zone {
  readonly name: string;
  /** Milliseconds that the clocks are ahead of UTC. */
  offsetAt(at: Instant): number;
  /** What the clocks show. */
  wallAt(at: Instant): WallTime;
  /** The day on the calendars of the zone. */
  dayAt(at: Instant): PlainDay;
  /** When a wall time is due. */
  instantOf(wall: WallTime): Instant;
  /** The first instant of a day. */
  startOf(day: PlainDay): Instant;
  /**
   * Where the clocks show a time for the second time: the wall time at which that ends. Undefined
   * elsewhere.
   */
  repeatsUntil(at: Instant): WallTime | undefined;
}

/** More than there are names of zones, since any mixture of capitals is one. */
const MOST_ZONES = 1000;
const zones = new Map<string, Zone>();

/**
 * The zone of an IANA name, old names included; undefined for what is none, and for bare offsets as
 * `+08:00`, which databases read the other way round.
 * @example zoneOf('Asia/Shanghai')?.offsetAt(0) // 28_800_000
 */
export function zoneOf(name: string): Zone | undefined {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const clocks = /^[A-Za-z]/.test(name) ? clocksOf(name) : undefined;
  if (clocks === undefined) return undefined;
  if (zones.size >= MOST_ZONES) zones.clear();
  const zone = new IntlZone(name, clocks);
  zones.set(name, zone);
  return zone;
}

function clocksOf(name: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  } catch {
    return undefined;
  }
}

/** Shorter than the shortest time that any zone has kept an offset since 1970, which is six days. */
const STRETCH_MS = 4 * DAY_MS;
/** Stretches remembered for each zone: two centuries. */
const MOST_STRETCHES = 20_000;

/** The offsets of a stretch of time, which changes at most once. */
interface Stretch {
  /** First instant with the second offset. */
  readonly change: Instant;
  readonly before: number;
  readonly after: number;
}

class IntlZone implements Zone {
  readonly name: string;
  readonly #clocks: Intl.DateTimeFormat;
  readonly #stretches = new Map<number, Stretch>();

  constructor(name: string, clocks: Intl.DateTimeFormat) {
    this.name = name;
    this.#clocks = clocks;
  }

  offsetAt(at: Instant): number {
    const index = Math.floor(at / STRETCH_MS);
    const { change, before, after } = this.#stretches.get(index) ?? this.#readStretch(index);
    return at < change ? before : after;
  }

  wallAt(at: Instant): WallTime {
    return at + this.offsetAt(at);
  }

  dayAt(at: Instant): PlainDay {
    return dayOfNumber(Math.floor(this.wallAt(at) / DAY_MS));
  }

  instantOf(wall: WallTime): Instant {
    // no zone is a day or more away from UTC, so that the true instant lies between these two
    const before = this.offsetAt(wall - DAY_MS);
    const after = this.offsetAt(wall + DAY_MS);
    if (before === after) return wall - before;
    const change = this.#changeBetween(wall - DAY_MS, wall + DAY_MS);
    const early = wall - before;
    return early < change ? early : Math.max(change, wall - after);
  }

  startOf(day: PlainDay): Instant {
    return this.instantOf(dayNumber(day) * DAY_MS);
  }

  repeatsUntil(at: Instant): WallTime | undefined {
    const first = this.instantOf(this.wallAt(at));
    if (first === at) return undefined;
    const change = this.#changeBetween(first, at);
    return change + this.offsetAt(change - 1);
  }

  #readStretch(index: number): Stretch {
    const start = index * STRETCH_MS;
    const before = this.#readOffset(start);
    const after = this.#readOffset(start + STRETCH_MS - 1);
    const change =
      before === after
        ? start
        : firstChange(start, start + STRETCH_MS - 1, (at) => this.#readOffset(at) !== before);
    const stretch = { change, before, after };
    if (this.#stretches.size >= MOST_STRETCHES) this.#stretches.clear();
    this.#stretches.set(index, stretch);
    return stretch;
  }

  /** The first instant after `from`, and not after `to`, from which another offset holds than at `from`. */
  #changeBetween(from: Instant, to: Instant): Instant {
    const before = this.offsetAt(from);
    return firstChange(from, to, (at) => this.offsetAt(at) !== before);
  }

  #readOffset(at: Instant): number {
    const second = Math.floor(at / 1000) * 1000;
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0, seconds = 0] = this.#clocks
      .format(second)
      .split(/\D+/)
      .map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, seconds) - second;
  }
}

/** The first whole number after `from` for which the test holds, which must hold at `to` and from there back to it. */
function firstChange(from: number, to: number, isChanged: (at: number) => boolean): number {
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isChanged(middle)) high = middle;
    else low = middle;
  }
  return high;
}
