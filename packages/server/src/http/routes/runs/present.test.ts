import { runSchema } from '@tapekeeper/contract';
import { plainDay } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { RunView } from '../../../ports/viewStore.ts';
import { presentRun } from './present.ts';

const START = 1_700_000_000_000;

const RUNNING: RunView = {
  id: 7,
  type: 'sync',
  dataset: 'daily_bars',
  params: {
    from: plainDay('2024-01-02'),
    to: plainDay('2024-01-31'),
    symbols: null,
    sources: ['tushare'],
    force: false,
  },
  wish: { dataset: 'daily_bars' },
  upstreamRunId: null,
  node: null,
  jobId: null,
  jobKey: null,
  jobVersion: null,
  fireId: null,
  scheduledFor: null,
  priority: 'normal',
  group: null,
  waitsForTurn: false,
  attempt: 1,
  maxAttempts: 3,
  retryWaitedMs: 0,
  timeoutSeconds: null,
  stop: null,
  stopAskedAt: null,
  pauseAskedAt: null,
  result: null,
  cause: 'person',
  requestedBy: null,
  parentRunId: null,
  resumesRunId: null,
  state: 'running',
  reason: null,
  error: null,
  plan: null,
  itemsTotal: 20,
  itemsDone: 5,
  itemsFailed: 0,
  symbolsTotal: 200,
  outcomes: { ok: 40, suspended: 5, failed: 5 },
  rowsWritten: 900,
  rowsUnchanged: 100,
  calls: 5,
  bytes: 1000,
  lastSymbol: '600000.SH',
  lastSource: 'tushare',
  servedBy: [],
  stages: { shards: [], children: [], steps: [] },
  createdAt: START - 3_000,
  startedAt: START,
  finishedAt: null,
  retryAt: null,
  readAt: START + 10_000,
};

const present = (change: Partial<RunView> = {}) => runSchema.parse(presentRun({ ...RUNNING, ...change }));

describe('the progress of a run', () => {
  it('counts every symbol that is done with, however it went', () => {
    expect(present().progress).toMatchObject({ symbolsDone: 50, symbolsTotal: 200 });
  });

  it('gives the speed and the time left from what is done', () => {
    expect(present().progress).toMatchObject({ rowsPerSecond: 100, etaMs: 30_000 });
  });

  it('gives no forecast before a twentieth or twenty calls are done', () => {
    expect(present({ outcomes: { ok: 9 } }).progress.etaMs).toBeNull();
    expect(present({ outcomes: { ok: 10 } }).progress.etaMs).toBe(190_000);
    expect(present({ outcomes: { ok: 9 }, itemsDone: 20 }).progress.etaMs).not.toBeNull();
    expect(present({ outcomes: {} }).progress.etaMs).toBeNull();
    expect(present({ symbolsTotal: 0 }).progress.etaMs).toBeNull();
  });

  it('forecasts nothing when more is done than was planned, and never a time below zero', () => {
    expect(present({ outcomes: { ok: 300 } }).progress.etaMs).toBe(0);
  });

  it('says how much is over, at which step, and between what times it will end', () => {
    const planned = { no: 0, kind: 'plan', source: null, open: false, held: false, waits: false } as const;
    const counts = { itemsTotal: 0, itemsOver: 0, symbolsTotal: 0, symbolsDone: 0, updatedAt: START };
    const fetching = { ...planned, ...counts, no: 1, kind: 'fetch', source: 'tushare', open: true } as const;
    const shards = [
      { ...planned, ...counts },
      { ...fetching, held: true, itemsTotal: 20, itemsOver: 5, symbolsTotal: 200, symbolsDone: 50 },
    ];
    const { progress } = present({ stages: { shards, children: [], steps: [] } });
    expect(progress.step).toBe('fetch');
    expect(progress.fraction).toBeGreaterThan(0.2);
    expect(progress.fraction).toBeLessThan(0.3);
    expect(progress.etaLowMs).toBeLessThan(30_000);
    expect(progress.etaHighMs).toBeGreaterThan(30_000);
    expect(present({ state: 'success', finishedAt: START + 1 }).progress).toMatchObject({
      fraction: 1,
      step: null,
    });
  });

  it('names what is at hand only while the run is open', () => {
    expect(present().progress).toMatchObject({ currentSymbol: '600000.SH', currentSource: 'tushare' });
    expect(present({ state: 'success', finishedAt: START + 9_000 }).progress).toMatchObject({
      currentSymbol: null,
      currentSource: null,
      etaMs: null,
    });
  });
});

describe('the durations of a run', () => {
  it('end at the reading while it is open, and at its end after that', () => {
    expect(present()).toMatchObject({ waitingMs: 3_000, runningMs: 10_000 });
    expect(present({ state: 'failed', finishedAt: START + 4_000 })).toMatchObject({
      waitingMs: 3_000,
      runningMs: 4_000,
    });
  });

  it('know nothing of running before it has begun', () => {
    const waiting = present({ state: 'pending', startedAt: null });
    expect(waiting).toMatchObject({ waitingMs: 13_000, runningMs: null, startedAt: null });
    expect(waiting.progress).toMatchObject({ rowsPerSecond: null, etaMs: null });
  });

  it('are never below zero, whatever the clocks say', () => {
    expect(present({ createdAt: START + 1, readAt: START - 1 })).toMatchObject({
      waitingMs: 0,
      runningMs: 0,
    });
  });
});
