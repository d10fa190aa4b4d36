import type { Instant } from '../day.ts';
import type { EndedRun, RunShare } from './endedRun.ts';
import { GRAINS, grainStart, type Grain } from './grain.ts';
import { addTo, bucketOf, type Histogram } from './histogram.ts';

/** What runs are summed up by: all of them, or those of one type, job, data set or source. */
export const SCOPES = ['all', 'type', 'job', 'dataset', 'source'] as const;
export type Scope = (typeof SCOPES)[number];

/** What is added up, in the order of the states, the causes, the durations, and what was done. */
export const MEASURES = [
  'runs',
  'success',
  'successWithErrors',
  'failed',
  'cancelled',
  'skipped',
  'missed',
  'byFire',
  'byPerson',
  'byRequirement',
  'byAfter',
  'byWorkflow',
  'started',
  'retried',
  'waitingMs',
  'runningMs',
  'retryWaitMs',
  'itemsOk',
  'itemsFailed',
  'symbolsOk',
  'symbolsFailed',
  'symbolsOther',
  'rowsWritten',
  'rowsUnchanged',
  'calls',
  'bytes',
] as const;
export type Measure = (typeof MEASURES)[number];
export type Sums = Readonly<Record<Measure, number>>;

/** Durations of which it is counted how many runs took how long. */
export const DURATIONS = ['waiting', 'running', 'retryWait'] as const;
export type Duration = (typeof DURATIONS)[number];
export type Durations = Readonly<Record<Duration, Histogram>>;

/** Sums of a scope over a stretch of time. */
export interface Rollup extends Sums, Durations {
  readonly scope: Scope;
  /** Number of the job, name of the data set, source or type; empty for all. */
  readonly subject: string;
  readonly grain: Grain;
  readonly startsAt: Instant;
}

type Growing = Record<Measure, number> & Record<Duration, number[]>;

/** What a run did, as it is added up; shares are summed to one of all sources or stand for one of them. */
type Done = Omit<RunShare, 'source'>;

const DONE: readonly (keyof Done)[] = [
  'itemsOk',
  'itemsFailed',
  'symbolsOk',
  'symbolsFailed',
  'symbolsOther',
  'rowsWritten',
  'rowsUnchanged',
  'calls',
  'bytes',
];

const BY_STATE: Readonly<Record<string, Measure>> = {
  success: 'success',
  success_with_errors: 'successWithErrors',
  failed: 'failed',
  cancelled: 'cancelled',
  skipped: 'skipped',
  missed: 'missed',
};

const BY_CAUSE: Readonly<Record<string, Measure>> = {
  fire: 'byFire',
  person: 'byPerson',
  requirement: 'byRequirement',
  after: 'byAfter',
  workflow: 'byWorkflow',
};

/**
 * Sums up runs that have ended, each in the stretches in which it ended. Of its durations waiting is from the wish
 * to the start, running from the start to the end without the waits between attempts; a run that never began to
 * work has none. Under a source counts only what that source gave.
 * @example rollUp([]) // []
 */
export function rollUp(runs: readonly EndedRun[]): readonly Rollup[] {
  const sums = new Map<string, Growing & Pick<Rollup, 'scope' | 'subject' | 'grain' | 'startsAt'>>();
  for (const run of runs) {
    const starts = GRAINS.map((grain) => [grain, grainStart(grain, run.finishedAt)] as const);
    for (const { scope, subject, done } of scopesOf(run)) {
      for (const [grain, startsAt] of starts) {
        const key = `${scope} ${subject} ${grain} ${startsAt}`;
        const sum = sums.get(key) ?? { scope, subject, grain, startsAt, ...nothing() };
        sums.set(key, sum);
        addRun(sum, run, done);
      }
    }
  }
  return [...sums.values()];
}

/** Sums of no runs at all. */
export function noSums(): Sums {
  return Object.fromEntries(MEASURES.map((measure) => [measure, 0])) as Record<Measure, number>;
}

function nothing(): Growing {
  return { ...noSums(), waiting: [], running: [], retryWait: [] };
}

interface Scoped {
  readonly scope: Scope;
  readonly subject: string;
  readonly done: Done;
}

function scopesOf(run: EndedRun): readonly Scoped[] {
  const done = sumOf(run.shares);
  const bySource = Map.groupBy(run.shares, ({ source }) => source);
  return [
    { scope: 'all', subject: '', done },
    { scope: 'type', subject: run.type, done },
    ...(run.jobId === null ? [] : [{ scope: 'job' as const, subject: String(run.jobId), done }]),
    ...(run.dataset === null ? [] : [{ scope: 'dataset' as const, subject: run.dataset, done }]),
    ...[...bySource].flatMap(([source, shares]) =>
      source === null ? [] : [{ scope: 'source' as const, subject: source, done: sumOf(shares) }],
    ),
  ];
}

function sumOf(shares: readonly RunShare[]): Done {
  const sum = Object.fromEntries(DONE.map((name) => [name, 0])) as Record<keyof Done, number>;
  for (const share of shares) for (const name of DONE) sum[name] += share[name];
  return sum;
}

function addRun(sum: Growing, run: EndedRun, done: Done): void {
  sum.runs += 1;
  for (const measure of [BY_STATE[run.state], BY_CAUSE[run.cause]]) {
    if (measure !== undefined) sum[measure] += 1;
  }
  for (const name of DONE) sum[name] += done[name];
  if (run.startedAt === null) return;
  const waited = Math.max(0, run.startedAt - run.createdAt);
  const ran = Math.max(0, run.finishedAt - run.startedAt - run.retryWaitedMs);
  sum.started += 1;
  sum.waitingMs += waited;
  sum.runningMs += ran;
  addTo(sum.waiting, bucketOf(waited), 1);
  addTo(sum.running, bucketOf(ran), 1);
  if (run.retryWaitedMs <= 0) return;
  sum.retried += 1;
  sum.retryWaitMs += run.retryWaitedMs;
  addTo(sum.retryWait, bucketOf(run.retryWaitedMs), 1);
}
