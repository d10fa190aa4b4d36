import { below, drawn, type Random } from './random.ts';

/**
 * Where a worker is struck.
 * `call` the upstream has answered a question, and the worker has none of the answer or a part of it;
 * `copy` in the middle of the bytes of a COPY;
 * `before_commit` the worker says COMMIT for a batch of items, and the server has not heard it;
 * `after_commit` the server has committed a batch of items, and the worker has not heard it;
 * `control` before or after the commit of a claim, a plan, a hand-over, a rescue or an end of a shard;
 * `fire` before or after the commit of a decision about due moments;
 * `random` at a random moment since its start, starting up included.
 */
export const KILL_CLASSES = [
  'call',
  'copy',
  'before_commit',
  'after_commit',
  'control',
  'fire',
  'random',
] as const;

export type KillClass = (typeof KILL_CLASSES)[number];

export interface PlannedKill {
  readonly kind: KillClass;
  /** Moments of the class that pass first. */
  readonly skip: number;
  /** How far into the bytes at hand, 0 to 1; below a half, a control commit is struck before it is done. */
  readonly share: number;
  /** For random moments: this long after the worker was started. */
  readonly delayMs: number;
  /** The worker is not started again: another node takes its place when its silence has been noticed. */
  readonly takeover: boolean;
}

export interface KillWishes {
  readonly counts: Readonly<Record<KillClass, number>>;
  /** How many of them end in a takeover; only moments at which the worker holds a shard are taken for these. */
  readonly takeovers: number;
  /** Collections that they are spread over; what one has no moment for is left to the next. */
  readonly collections: number;
}

/** So many kills make the long form. */
export const USUAL_KILLS = 1_000;
/** About what one collection of all the real data has time for. */
const KILLS_A_COLLECTION = 34;

/** So many kills, spread evenly over the classes; one in fifty ends in a takeover. */
export function killWishes(total: number): KillWishes {
  const counts = Object.fromEntries(
    KILL_CLASSES.map((kind, place) => [kind, Math.floor((total + place) / KILL_CLASSES.length)]),
  ) as Record<KillClass, number>;
  return {
    counts,
    takeovers: Math.ceil(total / 50),
    collections: Math.ceil(total / KILLS_A_COLLECTION),
  };
}

/** What every run of the tests can afford. */
export const SHORT_FORM: KillWishes = {
  counts: { call: 2, copy: 2, before_commit: 2, after_commit: 2, control: 2, fire: 2, random: 2 },
  takeovers: 0,
  collections: 2,
};

/** A COPY of a full batch arrives in about so many pieces, and a worker sends two or three batches between kills. */
const COPY_PIECES = 40;
const CALLS = 12;
const COMMITS = 3;
const CONTROL_COMMITS = 12;
const FIRES = 4;
const LONGEST_DELAY_MS = 2500;

/** The kills of a run in their order, the same for the same random numbers. */
export function planKills(
  { counts, takeovers }: Pick<KillWishes, 'counts' | 'takeovers'>,
  random: Random,
): readonly PlannedKill[] {
  const kinds = KILL_CLASSES.flatMap((kind) => Array.from({ length: counts[kind] }, () => kind));
  const order = drawn(random, kinds, kinds.length);
  const places = order.flatMap((kind, place) => (strikesAnyTime(kind) ? [] : [place]));
  const takenOver = new Set(drawn(random, places, takeovers));
  return order.map((kind, place) => ({
    kind,
    skip: below(random, skipsOf(kind)),
    share: random(),
    delayMs: below(random, LONGEST_DELAY_MS),
    takeover: takenOver.has(place),
  }));
}

function skipsOf(kind: KillClass): number {
  switch (kind) {
    case 'call':
      return CALLS;
    case 'copy':
      return COPY_PIECES;
    case 'before_commit':
    case 'after_commit':
      return COMMITS;
    case 'control':
      return CONTROL_COMMITS;
    case 'fire':
      return FIRES;
    case 'random':
      return 1;
  }
}

/** Some kills come whatever the work is at; the others find it under way. */
export function strikesAnyTime(kind: KillClass): boolean {
  return kind === 'random' || kind === 'control' || kind === 'fire';
}
