import { callsAtEnd, fullestWindow, stretchesOf, type MinuteCalls } from './callHistory.ts';
import type { Ceiling } from './bucket.ts';

/** What one window held when a ban came. */
export interface BanWindow {
  readonly windowSeconds: number;
  /** Calls in the window that the ban ended, the one that was too many among them. */
  readonly calls: number;
  /** Of these, what is sure whatever the shares of cut minutes were. */
  readonly surely: number;
  /** The most that any such window held until then without a ban. */
  readonly safe: number;
}

/** A ban, as remembered: its windows from the shortest to the longest. */
export interface BanEvidence {
  readonly windows: readonly BanWindow[];
}

/** Windows that upstreams are known to count: a minute, an hour, a day, from the shortest. */
const WINDOWS_SECONDS: readonly number[] = [60, 3600, 86_400];

/** How much of what was one call too many is used from then on. */
const SAFE_SHARE = 0.9;

/** The part of a count by shares of minutes that may be wrong. */
const BLUR = 0.02;

/**
 * What a ban shows, from the calls of the last day by minutes; the last of them is the one that was
 * banned. Safe is what passed before it, and what passed before or between earlier bans.
 */
export function evidenceOf(minutes: readonly MinuteCalls[]): BanEvidence {
  const stretches = stretchesOf(minutes);
  const last = stretches.at(-1) ?? [];
  return {
    windows: WINDOWS_SECONDS.map((windowSeconds) => {
      const { calls, exact } = callsAtEnd(last, windowSeconds * 1000);
      const safe = Math.max(0, ...stretches.map((stretch) => fullestWindow(stretch, windowSeconds * 1000)));
      return { windowSeconds, calls, surely: exact ? calls : calls - Math.max(1, calls * BLUR), safe };
    }),
  };
}

/**
 * The ceilings that all known bans of a host teach, from the oldest to the newest. One limit that explains every ban is
 * looked for first: the shortest window that held more at each ban than it ever held safely. Where
 * there is none, the ceilings known so far stay and the newest ban adds its own: the shortest window
 * that it shows to have been too full or, where it shows none, the known ceiling that was used most.
 */
export function learnCeilings(bans: readonly BanEvidence[], known: readonly Ceiling[]): readonly Ceiling[] {
  const newest = bans.at(-1);
  if (newest === undefined) return known;
  const safe = (windowSeconds: number): number =>
    Math.max(0, ...bans.map((ban) => windowOf(ban, windowSeconds).safe));
  const tooFull = (ban: BanEvidence, windowSeconds: number): boolean =>
    windowOf(ban, windowSeconds).surely > safe(windowSeconds);

  const common = WINDOWS_SECONDS.find((one) => bans.every((ban) => tooFull(ban, one)));
  if (common !== undefined) {
    const calls = Math.min(...bans.map((ban) => windowOf(ban, common).calls));
    return [lowered(known, common, calls)];
  }
  const own = WINDOWS_SECONDS.find((one) => tooFull(newest, one)) ?? mostUsed(newest, known);
  if (own === undefined) return known;
  const others = known.filter((ceiling) => ceiling.windowSeconds !== own);
  return [...others, lowered(known, own, windowOf(newest, own).calls)];
}

/** A ban under a ceiling shows that it was too high: it always comes down by one call at least. */
function lowered(known: readonly Ceiling[], windowSeconds: number, calls: number): Ceiling {
  const before = known.find((ceiling) => ceiling.windowSeconds === windowSeconds)?.capacity ?? Infinity;
  const capacity = Math.max(1, Math.min(Math.floor(SAFE_SHARE * calls), before - 1));
  return { capacity, windowSeconds, slides: true };
}

function mostUsed(ban: BanEvidence, known: readonly Ceiling[]): number | undefined {
  const use = (ceiling: Ceiling): number => windowOf(ban, ceiling.windowSeconds).calls / ceiling.capacity;
  return known.toSorted((one, other) => use(other) - use(one))[0]?.windowSeconds;
}

function windowOf(ban: BanEvidence, windowSeconds: number): BanWindow {
  const found = ban.windows.find((window) => window.windowSeconds === windowSeconds);
  return found ?? { windowSeconds, calls: 0, surely: 0, safe: 0 };
}
