import type { SourceId } from '@tapekeeper/core';
import { below, type Random } from '../chaos/random.ts';
import { WEATHERS, type Weather } from './world.ts';

/**
 * One thing that happens. Numbers that pick (`job`, `run`, `process`) count through what there is at that
 * time, so that a list with commands taken out of it is still one; `seed` draws the rest.
 */
export type Command =
  | {
      readonly do: 'create sync job' | 'create example job' | 'create workflow' | 'create follower';
      readonly seed: number;
    }
  | { readonly do: 'change trigger'; readonly job: number; readonly seed: number }
  | { readonly do: 'enable job' | 'disable job' | 'pause job' | 'trigger job'; readonly job: number }
  | { readonly do: 'sync by hand'; readonly seed: number }
  | {
      readonly do: 'cancel run' | 'force run' | 'pause run' | 'continue run' | 'retry run' | 'resume run';
      readonly run: number;
    }
  | { readonly do: 'advance'; readonly seconds: number }
  | { readonly do: 'all sleep'; readonly seconds: number }
  | { readonly do: 'kill' | 'stop' | 'thaw'; readonly process: number }
  | { readonly do: 'freeze'; readonly process: number; readonly withHeart: boolean }
  | { readonly do: 'jump clock'; readonly process: number; readonly ms: number }
  | { readonly do: 'weather'; readonly source: SourceId; readonly sky: Weather }
  | {
      readonly do: 'store faults';
      readonly before: number;
      readonly after: number;
      readonly refused: number;
      readonly slow: number;
    }
  | { readonly do: 'queue faults'; readonly twice: number; readonly lost: number };

const SOURCES: readonly SourceId[] = ['tushare', 'baostock'];

/** How often each kind is drawn. */
const WEIGHTS: readonly (readonly [number, (random: Random) => Command])[] = [
  [4, (random) => ({ do: 'create sync job', seed: pick(random) })],
  [4, (random) => ({ do: 'create example job', seed: pick(random) })],
  [2, (random) => ({ do: 'create workflow', seed: pick(random) })],
  [2, (random) => ({ do: 'create follower', seed: pick(random) })],
  [2, (random) => ({ do: 'change trigger', job: pick(random), seed: pick(random) })],
  [2, (random) => ({ do: 'enable job', job: pick(random) })],
  [1, (random) => ({ do: 'disable job', job: pick(random) })],
  [1, (random) => ({ do: 'pause job', job: pick(random) })],
  [4, (random) => ({ do: 'trigger job', job: pick(random) })],
  [4, (random) => ({ do: 'sync by hand', seed: pick(random) })],
  [4, (random) => ({ do: 'cancel run', run: pick(random) })],
  [1, (random) => ({ do: 'force run', run: pick(random) })],
  [3, (random) => ({ do: 'pause run', run: pick(random) })],
  [3, (random) => ({ do: 'continue run', run: pick(random) })],
  [2, (random) => ({ do: 'retry run', run: pick(random) })],
  [2, (random) => ({ do: 'resume run', run: pick(random) })],
  [26, (random) => ({ do: 'advance', seconds: SPANS[below(random, SPANS.length)] ?? 1 })],
  [1, (random) => ({ do: 'all sleep', seconds: 60 * (1 + below(random, 300)) })],
  [3, (random) => ({ do: 'kill', process: pick(random) })],
  [1, (random) => ({ do: 'stop', process: pick(random) })],
  [3, (random) => ({ do: 'freeze', process: pick(random), withHeart: random() < 0.7 })],
  [3, (random) => ({ do: 'thaw', process: pick(random) })],
  [2, (random) => ({ do: 'jump clock', process: pick(random), ms: jump(random) })],
  [4, (random) => ({ do: 'weather', source: SOURCES[below(random, 2)] ?? 'tushare', sky: drawSky(random) })],
  [2, (random) => storeFaults(random)],
  [1, (random) => ({ do: 'queue faults', twice: drawShare(random, 0.2), lost: drawShare(random, 0.1) })],
];
const TOTAL = WEIGHTS.reduce((sum, [weight]) => sum + weight, 0);

/** Seconds by which time goes on between two commands. */
const SPANS = [0, 0.1, 0.3, 0.6, 1, 1.5, 2, 3, 4, 5, 8, 12, 20, 35];

/** The commands of a sequence: something to work on first, then whatever comes. */
export function drawCommands(random: Random): readonly Command[] {
  const count = 8 + below(random, 20);
  const first: Command[] = [
    { do: random() < 0.6 ? 'create sync job' : 'create example job', seed: pick(random) },
    { do: 'trigger job', job: 0 },
  ];
  return [...first, ...Array.from({ length: count }, () => drawCommand(random))];
}

function drawCommand(random: Random): Command {
  let left = random() * TOTAL;
  for (const [weight, draw] of WEIGHTS) {
    left -= weight;
    if (left < 0) return draw(random);
  }
  return { do: 'advance', seconds: 1 };
}

function pick(random: Random): number {
  return below(random, 2 ** 31);
}

function jump(random: Random): number {
  return below(random, 28 * 3600) * 1000 - 2 * 3_600_000;
}

function drawShare(random: Random, most: number): number {
  return random() < 0.4 ? 0 : Math.round(random() * most * 100) / 100;
}

function storeFaults(random: Random): Command {
  const isOver = random() < 0.4;
  const share = (most: number): number => (isOver ? 0 : drawShare(random, most));
  return {
    do: 'store faults',
    before: share(0.12),
    after: share(0.12),
    refused: share(0.08),
    slow: share(0.2),
  };
}

function drawSky(random: Random): Weather {
  return random() < 0.4 ? 'fine' : (WEATHERS[below(random, WEATHERS.length)] ?? 'fine');
}

export function printCommand(command: Command): string {
  const { do: what, ...rest } = command;
  const details = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
  return details.length === 0 ? what : `${what} (${details.join(', ')})`;
}
