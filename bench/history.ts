import { plainDay } from '@tapekeeper/core';
import type { RunFilter } from '../packages/server/src/ports/viewStore.ts';
import type { Store } from '../packages/server/src/ports/store.ts';
import type { Benchmark, Size } from './benchmark.ts';
import { timed } from './measure/inTurn.ts';
import type { Report } from './measure/report.ts';
import { spreadOf, whole } from './measure/spread.ts';
import { fillLongHistory, SYMBOLS, type LongHistory } from './rig/longHistory.ts';
import { openRig, type Rig } from './rig/rig.ts';

const SHORT: LongHistory = { runs: 10_000, symbolOutcomes: 100_000 };
const RUNS: Readonly<Record<Size, number>> = { small: 100_000, full: 1_000_000 };
const OUTCOMES_A_RUN = 10;
const WARM_UP = 5;
const ROUNDS: Readonly<Record<Size, number>> = { small: 40, full: 100 };
const PAGE = 50;

/** A question of the API to its store; `part` is where in the history it looks, from 0, the newest, to 1. */
type Question = (store: Store, runs: number, part: number) => Promise<unknown>;

export const history: Benchmark = {
  name: 'history',
  about: 'every list of the API on a long history against the same on a short one, first and deep pages',
  async run(size, report, runs = RUNS[size]) {
    const longHistory: LongHistory = { runs, symbolOutcomes: OUTCOMES_A_RUN * runs };
    const short = await openFilled(SHORT, report);
    try {
      const long = await openFilled(longHistory, report);
      try {
        await measure(short, long, longHistory, ROUNDS[size], report);
      } finally {
        await long.close();
      }
    } finally {
      await short.close();
    }
  },
};

async function openFilled(size: LongHistory, report: Report): Promise<Rig> {
  const rig = await openRig({ marketDay: plainDay('2026-11-20') });
  const ms = await timed(() => fillLongHistory(rig.owner, size));
  report.line(
    `${whole(size.runs)} runs, ${whole(size.symbolOutcomes)} outcomes of symbols: filled in ${whole(ms / 1000)} s`,
  );
  return rig;
}

/** Both sizes in turn, question by question; each time at another place of the history. */
async function measure(
  short: Rig,
  long: Rig,
  size: LongHistory,
  rounds: number,
  report: Report,
): Promise<void> {
  const rows = [['question', 'p50 ms', 'p95 ms', 'on the short one p95 ms', 'growth of p50']];
  for (const [name, ask] of Object.entries(QUESTIONS)) {
    const figures = { short: [] as number[], long: [] as number[] };
    for (let round = -WARM_UP; round < rounds; round++) {
      const part = (round + WARM_UP) / (rounds + WARM_UP);
      const ms = {
        short: await timed(() => ask(short.installation.deps.store, SHORT.runs, part)),
        long: await timed(() => ask(long.installation.deps.store, size.runs, part)),
      };
      if (round < 0) continue;
      figures.short.push(ms.short);
      figures.long.push(ms.long);
    }
    const growth = spreadOf(figures.long).median / spreadOf(figures.short).median;
    rows.push([
      name,
      spreadOf(figures.long).median.toFixed(1),
      ...[figures.long, figures.short].map((of) => p95(of).toFixed(1)),
      `${growth.toFixed(2)}x`,
    ]);
    report.keep(name, figures);
  }
  report.table(rows);
}

const EVERY: RunFilter = { states: null, dataset: null, before: null, limit: PAGE };
const FIRES = { jobId: null, decision: null, from: null, to: null, before: null, limit: PAGE };
const OPERATIONS = {
  actor: null,
  actions: null,
  objectKind: null,
  objectId: null,
  results: null,
  text: null,
  from: null,
  until: null,
  before: null,
  limit: PAGE,
};

/** Pages of runs by a filter: the first one, and one from any place. */
function pagesOfRuns(name: string, filter: Partial<RunFilter>): Readonly<Record<string, Question>> {
  return {
    [`runs${name}`]: (store) => store.runs({ ...EVERY, ...filter }),
    [`runs${name}, deep`]: (store, runs, part) =>
      store.runs({ ...EVERY, ...filter, before: Math.ceil(runs * (1 - part)) + 1 }),
  };
}

const QUESTIONS: Readonly<Record<string, Question>> = {
  ...pagesOfRuns('', {}),
  ...pagesOfRuns(' of a state', { states: ['failed'] }),
  ...pagesOfRuns(' of states', { states: ['failed', 'cancelled', 'success_with_errors'] }),
  ...pagesOfRuns(' of a state that none is in', { states: ['paused'] }),
  ...pagesOfRuns(' of a data set', { dataset: 'adj_factors' }),
  ...pagesOfRuns(' of a data set and state', { dataset: 'adj_factors', states: ['failed'] }),
  ...pagesOfRuns(' of a data set that has none', { dataset: 'news' }),
  ...pagesOfRuns(' of a job', { jobId: 7 }),
  ...pagesOfRuns(' of a job and state', { jobId: 7, states: ['failed'] }),
  ...pagesOfRuns(' of a type', { types: ['sync'] }),
  ...pagesOfRuns(' of a type that has none', { types: ['export'] }),
  'runs of a parent': (store, runs, part) =>
    store.runs({ ...EVERY, parentRunId: Math.max(10, Math.ceil((runs * (1 - part)) / 10) * 10 - 10) }),
  'one run': (store, runs, part) => store.run(Math.max(1, Math.ceil(runs * (1 - part)))),
  fires: (store) => store.fires(FIRES),
  'fires, deep': (store, runs, part) => store.fires({ ...FIRES, before: Math.ceil(runs * (1 - part)) + 1 }),
  'fires that were missed': (store, runs, part) =>
    store.fires({ ...FIRES, decision: 'missed', before: Math.ceil(runs * (1 - part)) + 1 }),
  'fires of a job': (store) => store.fires({ ...FIRES, jobId: 7 }),
  'fires of a job, deep': (store, runs, part) =>
    store.fires({ ...FIRES, jobId: 7, before: Math.ceil(runs * (1 - part)) + 1 }),
  operations: (store) => store.operations(OPERATIONS),
  'operations, deep': (store, runs, part) =>
    store.operations({ ...OPERATIONS, before: Math.ceil((runs / 5) * (1 - part)) + 1 }),
  'operations of an actor': (store, runs, part) =>
    store.operations({ ...OPERATIONS, actor: 'user 5', before: Math.ceil((runs / 5) * (1 - part)) + 1 }),
  'operations of an action': (store, runs, part) =>
    store.operations({
      ...OPERATIONS,
      actions: ['retryRun'],
      before: Math.ceil((runs / 5) * (1 - part)) + 1,
    }),
  'symbols of a run': (store, runs, part) =>
    store.runSymbols(Math.max(1, Math.ceil(runs * (1 - part))), 0, PAGE, null),
  'symbols of a run, last page': (store, runs, part) =>
    store.runSymbols(Math.max(1, Math.ceil(runs * (1 - part))), SYMBOLS - PAGE, PAGE, null),
  'symbols of a run and outcome': (store, runs, part) =>
    store.runSymbols(Math.max(1, Math.ceil(runs * (1 - part))), 0, PAGE, 'suspended'),
  'newest events': async (store) => store.eventsAfter((await store.eventBounds()).latest - PAGE, PAGE),
  'events, deep': (store, runs, part) => store.eventsAfter(Math.floor(runs * part), PAGE),
  jobs: (store) =>
    store.jobs({
      states: null,
      types: null,
      triggers: null,
      tag: null,
      text: null,
      after: null,
      limit: PAGE,
    }),
};

function p95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN;
}
