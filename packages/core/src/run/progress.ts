import type { Step } from './steps.ts';

/**
 * How much of a step is over, from 0 to 1.
 * @example stepFraction({ state: 'running', done: 30, total: 120 }) // 0.25
 */
export function stepFraction({ state, done, total }: Pick<Step, 'state' | 'done' | 'total'>): number {
  if (state === 'done' || state === 'skipped') return 1;
  return total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
}

/**
 * How much of a run is over, from 0 to 1: its steps by their weights. It never goes back while the steps
 * only get on; a task keeps that by naming all its steps, with their weights, when it begins.
 * @example overallProgress([{ state: 'done', weight: 1, done: 0, total: 0 }]) // 1
 */
export function overallProgress(steps: readonly Pick<Step, 'state' | 'weight' | 'done' | 'total'>[]): number {
  const whole = steps.reduce((sum, { weight }) => sum + Math.max(0, weight), 0);
  if (whole <= 0) return steps.length > 0 && steps.every((step) => stepFraction(step) === 1) ? 1 : 0;
  const over = steps.reduce((sum, step) => sum + Math.max(0, step.weight) * stepFraction(step), 0);
  return Math.min(1, over / whole);
}

/**
 * The step at hand: the one that runs, else the first that has yet to be done; undefined when none is left.
 * @example currentStep(steps)?.name // 'fetch'
 */
export function currentStep<S extends Pick<Step, 'state'>>(steps: readonly S[]): S | undefined {
  return steps.find(({ state }) => state === 'running') ?? steps.find(({ state }) => state === 'pending');
}

/** How far something is that is counted. */
export interface Pace {
  readonly done: number;
  readonly total: number;
  /** Calls or pieces behind `done`: a few of them say something before a twentieth is done. */
  readonly pieces: number;
  /** Time that `done` took. */
  readonly elapsedMs: number;
  /** What was done in the last minutes; null where nobody has counted. */
  readonly recent: { readonly done: number; readonly ms: number } | null;
}

/** When something will be over: the time left, at least, probably and at most. */
export interface EtaRange {
  readonly lowMs: number;
  readonly likelyMs: number;
  readonly highMs: number;
}

/** Before so much is done, a forecast would only jump about. */
const FORECAST_FROM_PART = 0.05;
const FORECAST_FROM_PIECES = 20;
/** What the last minutes weigh against the whole time. */
const RECENT_WEIGHT = 0.7;
/** How far the range is widened when nothing is done yet, and when nearly all is. */
const WIDEST = 0.5;
const NARROWEST = 0.1;

/**
 * The time left, by the speed of the last minutes and that of the whole time; null before a twentieth or
 * twenty pieces are done. The range spans both speeds, widened by how little is done.
 * @example etaRange({ done: 50, total: 200, pieces: 50, elapsedMs: 10_000, recent: null })?.likelyMs // 30_000
 */
export function etaRange({ done, total, pieces, elapsedMs, recent }: Pace): EtaRange | null {
  if (!(done > 0) || !(total > 0) || !(elapsedMs >= 0)) return null;
  const part = Math.min(1, done / total);
  if (part < FORECAST_FROM_PART && pieces < FORECAST_FROM_PIECES) return null;
  const left = Math.max(0, total - done);
  const overall = elapsedMs / done;
  // of a stretch in which nothing was done, half a piece is counted: slow, and not for ever
  const lately = recent === null || recent.ms <= 0 ? overall : recent.ms / Math.max(recent.done, 0.5);
  const spread = NARROWEST + (WIDEST - NARROWEST) * (1 - part);
  return {
    lowMs: (left * Math.min(overall, lately)) / (1 + spread),
    likelyMs: left * (RECENT_WEIGHT * lately + (1 - RECENT_WEIGHT) * overall),
    highMs: left * Math.max(overall, lately) * (1 + spread),
  };
}
