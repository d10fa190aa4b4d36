import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainDay, shanghaiInstant } from '../day.ts';
import type { EndedRun, RunShare } from './endedRun.ts';
import { errorGroups } from './errorGroups.ts';
import { countOf, quantileOf } from './histogram.ts';
import { MEASURES, rollUp, type Rollup } from './rollUp.ts';

const END = shanghaiInstant(plainDay('2024-01-31'), 23 * 60 + 59);

const SHARE: RunShare = {
  source: 'tushare',
  itemsOk: 5,
  itemsFailed: 1,
  symbolsOk: 4,
  symbolsFailed: 1,
  symbolsOther: 2,
  rowsWritten: 100,
  rowsUnchanged: 10,
  calls: 6,
  bytes: 1000,
};

const RUN: EndedRun = {
  id: 1,
  type: 'sync',
  dataset: 'daily_bars',
  jobId: 7,
  cause: 'fire',
  state: 'success',
  createdAt: END - 12_000,
  startedAt: END - 10_000,
  finishedAt: END,
  retryWaitedMs: 3_000,
  error: null,
  shares: [SHARE],
  failures: [],
};

const find = (rollups: readonly Rollup[], scope: string, subject: string, grain = 'day') =>
  rollups.find((one) => one.scope === scope && one.subject === subject && one.grain === grain);

describe('sums of runs', () => {
  it('count a run under all that it belongs to, in the hour, day and month of its end', () => {
    const rollups = rollUp([RUN]);
    expect(new Set(rollups.map(({ scope, subject }) => `${scope} ${subject}`))).toEqual(
      new Set(['all ', 'type sync', 'job 7', 'dataset daily_bars', 'source tushare']),
    );
    expect(rollups).toHaveLength(15);
    expect(find(rollups, 'job', '7', 'month')).toMatchObject({
      startsAt: shanghaiInstant(plainDay('2024-01-01'), 0),
      runs: 1,
      success: 1,
      byFire: 1,
      started: 1,
      waitingMs: 2_000,
      runningMs: 7_000,
      retried: 1,
      retryWaitMs: 3_000,
      rowsWritten: 100,
    });
    expect(quantileOf(find(rollups, 'all', '')?.running ?? [], 0.5)).toBeCloseTo(7_000, -3);
  });

  it('give a source only what came from it, and all of them together to the rest', () => {
    const rollups = rollUp([
      {
        ...RUN,
        shares: [SHARE, { ...SHARE, source: 'baostock', calls: 40 }, { ...SHARE, source: null, calls: 1 }],
      },
    ]);
    expect(find(rollups, 'source', 'tushare')).toMatchObject({ runs: 1, calls: 6 });
    expect(find(rollups, 'source', 'baostock')).toMatchObject({ runs: 1, calls: 40 });
    expect(find(rollups, 'all', '')).toMatchObject({ runs: 1, calls: 47, itemsOk: 15 });
  });

  it('have no durations of a run that never began, and none below zero', () => {
    const never = rollUp([
      { ...RUN, state: 'missed', startedAt: null, shares: [], jobId: null, dataset: null },
    ]);
    expect(find(never, 'all', '')).toMatchObject({
      runs: 1,
      missed: 1,
      started: 0,
      waiting: [],
      running: [],
    });
    const odd = rollUp([{ ...RUN, startedAt: END + 5, createdAt: END + 10 }]);
    expect(find(odd, 'all', '')).toMatchObject({ waitingMs: 0, runningMs: 0, waiting: [1], running: [1] });
  });

  it('are the same however the runs are cut into batches', () => {
    const run = fc
      .record({
        finishedAt: fc.integer({ min: END - 1e10, max: END }),
        state: fc.constantFrom('success', 'failed', 'missed', 'cancelled'),
        jobId: fc.constantFrom(null, 1, 2),
        retryWaitedMs: fc.constantFrom(0, 500),
      })
      .map(
        (some) =>
          ({
            ...RUN,
            ...some,
            startedAt: some.finishedAt - 900,
            createdAt: some.finishedAt - 1000,
          }) as EndedRun,
      );
    fc.assert(
      fc.property(fc.array(run, { maxLength: 30 }), fc.nat(30), (runs, cut) => {
        const total = (rollups: readonly Rollup[]) =>
          Object.fromEntries(
            MEASURES.map((name) => [name, rollups.reduce((sum, one) => sum + one[name], 0)]),
          );
        const whole = rollUp(runs);
        const parts = [...rollUp(runs.slice(0, cut)), ...rollUp(runs.slice(cut))];
        expect(total(parts)).toEqual(total(whole));
        const all = whole.filter(({ scope, grain }) => scope === 'all' && grain === 'hour');
        expect(all.reduce((sum, { running }) => sum + countOf(running), 0)).toBe(runs.length);
      }),
    );
  });
});

describe('groups of failures', () => {
  it('hold what reads alike, with the newest message, all data sets, and counts by the day', () => {
    const failed = (id: number, finishedAt: number, dataset: string, message: string): EndedRun => ({
      ...RUN,
      id,
      finishedAt,
      dataset,
      state: 'failed',
      error: { code: 'transport', message },
    });
    const groups = errorGroups(
      [
        failed(2, END + 120_000, 'adj_factors', 'no answer from host:81 in 9 s, key abc'),
        failed(1, END, 'daily_bars', 'no answer from host:80 in 5 s, key abc'),
        failed(3, END, 'daily_bars', 'the answer is no JSON'),
      ],
      (text) => text.replace('abc', '***'),
    );
    expect(groups).toHaveLength(2);
    expect(groups[0]).toEqual({
      kind: 'run',
      code: 'transport',
      source: '',
      fingerprint: 'no answer from host:<port> in <n> s, key ***',
      message: 'no answer from host:81 in 9 s, key ***',
      datasets: ['daily_bars', 'adj_factors'],
      count: 2,
      firstAt: END,
      lastAt: END + 120_000,
      firstRunId: 1,
      lastRunId: 2,
      days: { '2024-01-31': 1, '2024-02-01': 1 },
    });
  });

  it('of items are told apart by source and code', () => {
    const failures = [
      { source: 'tushare', code: 'timeout', count: 3, message: 'after 3 s' },
      { source: 'tushare', code: 'malformed', count: 1, message: null },
      { source: 'baostock', code: 'timeout', count: 2, message: 'after 9 s' },
    ];
    const groups = errorGroups(
      [
        { ...RUN, failures },
        { ...RUN, id: 2, failures },
      ],
      (text) => text,
    );
    expect(
      groups.map(({ kind, source, code, count, message }) => [kind, source, code, count, message]),
    ).toEqual([
      ['item', 'tushare', 'timeout', 6, 'after 3 s'],
      ['item', 'tushare', 'malformed', 2, null],
      ['item', 'baostock', 'timeout', 4, 'after 9 s'],
    ]);
  });
});
