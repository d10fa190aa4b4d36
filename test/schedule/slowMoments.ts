import { builtinCalendar, plainDay, type Instant } from '@tapekeeper/core';

/** Moments as plainly as they can be said; triggers are written from these, never read. */
export type MomentRule =
  | {
      /** Minutes of the day on the clocks of a zone. */
      readonly kind: 'wall';
      readonly zone: string;
      readonly minutesOfDay: readonly number[];
      /** 0 is Sunday; null is every day. */
      readonly weekdays: readonly number[] | null;
      readonly tradingDaysOnly: boolean;
    }
  | { readonly kind: 'every'; readonly everyMs: number; readonly anchor: Instant }
  | { readonly kind: 'once'; readonly at: Instant };

const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * The moments of a rule after one instant and up to another, found by looking at the clocks of the zone
 * in every single minute: a time of day is due at the first minute in which they show it or a later one.
 */
export function slowMoments(rule: MomentRule, after: Instant, until: Instant): readonly Instant[] {
  const within = (at: Instant): boolean => at > after && at <= until;
  if (rule.kind === 'once') return [rule.at].filter(within);
  if (rule.kind === 'every') {
    const moments: Instant[] = [];
    for (let at = rule.anchor; at <= until; at += rule.everyMs) if (within(at)) moments.push(at);
    return moments;
  }
  const shown = highestShown(rule.zone, after - 2 * DAY, until + 2 * DAY);
  const moments = new Set<Instant>();
  const calendar = builtinCalendar();
  for (let day = Math.floor(after / DAY) - 1; day <= Math.floor(until / DAY) + 1; day++) {
    if (rule.weekdays !== null && !rule.weekdays.includes(new Date(day * DAY).getUTCDay())) continue;
    const date = plainDay(new Date(day * DAY).toISOString().slice(0, 10));
    if (rule.tradingDaysOnly && !calendar.isOpen(date)) continue;
    for (const minute of rule.minutesOfDay) {
      const wall = day * DAY + minute * MINUTE;
      const first = shown.findIndexAtLeast(wall);
      if (first !== undefined && within(first)) moments.add(first);
    }
  }
  return [...moments].toSorted((a, b) => a - b);
}

interface Shown {
  /** The first minute up to which the clocks have shown a wall time or a later one. */
  findIndexAtLeast(wall: number): Instant | undefined;
}

const known = new Map<string, Shown>();

/** What the clocks of a zone have shown at most, minute by minute; wall times are counted as if they were UTC. */
function highestShown(zone: string, from: Instant, to: Instant): Shown {
  const start = Math.floor(from / MINUTE) * MINUTE;
  const key = `${zone} ${start} ${to}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const clocks = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const walls: number[] = [];
  for (let at = start; at <= to; at += MINUTE) {
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = clocks.format(at).split(/\D+/).map(Number);
    walls.push(Math.max(Date.UTC(year, month - 1, day, hour, minute), walls.at(-1) ?? -Infinity));
  }
  const shown: Shown = {
    findIndexAtLeast(wall) {
      let [low, high] = [0, walls.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((walls[middle] as number) >= wall) high = middle;
        else low = middle + 1;
      }
      // what was shown before the first minute is not known
      return low === 0 || low === walls.length ? undefined : start + low * MINUTE;
    },
  };
  known.set(key, shown);
  return shown;
}
