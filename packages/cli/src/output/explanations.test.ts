import { jobExplanationSchema, runExplanationSchema, runStepsSchema } from '@tapekeeper/contract';
import { describe, expect, it } from 'vitest';
import { sayIn } from '../texts.ts';
import { jobExplanationText } from './jobExplanation.ts';
import { runExplanationText } from './runExplanation.ts';

const AT = '2026-11-20T08:30:00.000Z';
const NONE = { from: null, to: null, symbols: null, scheduledFor: null, parentRunId: null, node: null };

const other = {
  id: 11,
  state: 'running',
  type: 'sync',
  dataset: 'daily_bars',
  job: 'bars',
  node: null,
  startedAt: AT,
};

const JOB = jobExplanationSchema.parse({
  job: { id: 3, key: 'bars', name: '日线', state: 'enabled', version: 1, trigger: 'session' },
  at: AT,
  until: AT,
  now: AT,
  verdict: 'skipped',
  code: 'job_busy',
  text: { en: 'It was skipped.', zh: '已跳过。' },
  moment: { scheduledFor: AT, dueAt: AT },
  fire: null,
  run: null,
  blockedBy: [other],
  blocking: [],
  notes: [{ code: 'other_version', text: { en: 'Another version.', zh: '另一版本。' } }],
  previous: { scheduledFor: '2026-11-19T08:30:00.000Z', dueAt: AT },
  next: null,
});

const STEP = { no: 0, weight: 1, estimatedMs: null, detail: 'tushare', startedAt: AT, finishedAt: null };
const STEPS = runStepsSchema.parse({
  runId: 12,
  state: 'running',
  fraction: 0.25,
  step: 'fetch',
  etaMs: 60_000,
  etaLowMs: 40_000,
  etaHighMs: 90_000,
  steps: [{ ...STEP, name: 'fetch', state: 'running', fraction: 0.25, done: 50, total: 200 }],
});

const RUN = runExplanationSchema.parse({
  run: {
    ...NONE,
    id: 12,
    type: 'sync',
    dataset: 'daily_bars',
    sources: ['tushare'],
    force: false,
    wish: {},
    cause: 'person',
    requestedBy: null,
    job: null,
    resumesRunId: null,
    upstreamRunId: null,
    priority: 'normal',
    group: null,
    waitsForTurn: false,
    attempt: 1,
    maxAttempts: 3,
    timeoutSeconds: null,
    retryAt: null,
    stop: null,
    pausing: false,
    result: null,
    state: 'running',
    reason: null,
    error: null,
    plan: null,
    progress: {
      symbolsTotal: 200,
      symbolsDone: 50,
      itemsTotal: 200,
      itemsDone: 50,
      itemsFailed: 0,
      rowsPerSecond: null,
      etaMs: null,
      etaLowMs: null,
      etaHighMs: null,
      fraction: 0.25,
      step: 'fetch',
      currentSymbol: null,
      currentSource: null,
    },
    outcomes: {},
    servedBy: [],
    rowsWritten: 0,
    rowsUnchanged: 0,
    calls: 0,
    bytes: 0,
    createdAt: AT,
    startedAt: AT,
    finishedAt: null,
    waitingMs: 0,
    retryWaitedMs: 0,
    runningMs: 1000,
  },
  verdict: 'waits_for_budget',
  text: { en: 'It waits for the budget of api.test.', zh: '正在等待 api.test 的调用额度。' },
  stuck: { stuck: false, stillMs: 5000, thresholdMs: 600_000, history: 0 },
  situations: [
    situation('waits_for_budget', 1),
    { ...situation('waits_for_shards', 2), text: { en: 'The next round.', zh: '下一轮。' } },
  ],
  shards: [
    {
      no: 1,
      kind: 'fetch',
      source: 'tushare',
      round: 0,
      workerId: 4,
      claimedAt: AT,
      updatedAt: AT,
      itemsTotal: 200,
      itemsOver: 50,
      troubles: 0,
      dispatch: null,
      items: [{ no: 51, what: '600000.SH 2026-11-20', attempts: 1 }],
      lastFailure: null,
    },
  ],
  calls: [
    {
      workerId: 4,
      itemNo: 51,
      source: 'tushare',
      host: 'api.test',
      api: 'daily',
      where: 'gate',
      forMs: 3000,
    },
  ],
  workers: [
    {
      id: 4,
      node: 'here:/data',
      pid: 812,
      alive: true,
      startedAt: AT,
      silentMs: 1200,
      shards: 1,
      slots: 4,
      rssBytes: 104_857_600,
      heapBytes: 1,
      lagP99Ms: 7,
      lagMaxMs: 9,
      stuckMs: 0,
    },
  ],
  children: [],
  blockedBy: [other],
  database: {
    connections: [{ application: 'tapekeeper', state: 'idle', count: 3 }],
    blocked: [
      {
        pid: 5,
        application: 'tapekeeper',
        waitingMs: 4000,
        blockers: [{ pid: 6, application: 'psql', state: 'active', transactionMs: 9000 }],
      },
    ],
    oldestTransaction: { pid: 6, application: 'psql', state: 'active', ms: 9000 },
  },
  freeMegabytes: null,
  steps: STEPS.steps,
});

function situation(code: string, shard: number) {
  return {
    code,
    text: { en: '', zh: '' },
    shard,
    since: null,
    until: null,
    runIds: [],
    group: null,
    host: null,
    api: null,
    workerId: null,
  };
}

describe('an explanation of a job', () => {
  it('begins with the verdict, then names what stood in the way and the moments around', () => {
    const text = jobExplanationText({ say: sayIn('en'), language: 'en' }, JOB);
    expect(text).toContain('skipped  It was skipped.');
    expect(text).toContain('Another version.');
    expect(text).toMatch(/in the way +11 bars running/);
    expect(text).toContain('before: 2026-11-19 16:30:00');
    expect(text).not.toContain('after:');
  });

  it('speaks Chinese', () => {
    const text = jobExplanationText({ say: sayIn('zh'), language: 'zh' }, JOB);
    expect(text).toContain('已跳过  已跳过。');
    expect(text).toContain('之前：2026-11-19 16:30:00');
  });
});

describe('an explanation of a run', () => {
  it('begins with the verdict and how far it is, then shows shards, calls, workers and database', () => {
    const text = runExplanationText({ say: sayIn('en'), language: 'en' }, RUN, STEPS);
    expect(text.split('\n')[0]).toContain('25.0 % done  40 s to 1 min 30 s left');
    expect(text.split('\n')[1]).toBe('It waits for the budget of api.test.');
    expect(text).toContain('shard 2: The next round.');
    expect(text).toMatch(/fetch +running +50\/200/);
    expect(text).toMatch(/1 +fetch +tushare +4 +2026-11-20 16:30:00 +50\/200 +600000\.SH 2026-11-20/);
    expect(text).toMatch(/api\.test +daily +waits to go out +3\.0 s/);
    expect(text).toMatch(/4 {2}here:\/data {2}pid 812 +1\.2 s +1\/4 +100\.0 MB +7 ms/);
    expect(text).toContain('tapekeeper (pid 5) waits 4.0 s for a lock of psql (pid 6)');
    expect(text).toContain('oldest transaction: psql, pid 6, 9.0 s (active)');
  });

  it('leaves out what only counts of a run that is open', () => {
    const over = {
      ...RUN,
      run: { ...RUN.run, state: 'success', finishedAt: AT },
      situations: RUN.situations.slice(0, 1),
    } as const;
    const text = runExplanationText({ say: sayIn('zh'), language: 'zh' }, over, STEPS);
    expect(text).toContain('步骤');
    expect(text).not.toContain('工作者');
    expect(text).not.toContain('psql');
  });
});
