import { AppError } from '@tapekeeper/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Clock } from '../../ports/clock.ts';
import type { LogLine, StepNote } from '../../ports/runControlStore.ts';
import type { ShardClaim } from '../../ports/runStore.ts';
import { createTaskReport, type TaskReport } from './taskReport.ts';

const CLAIM: ShardClaim = {
  runId: 7,
  shardNo: 0,
  kind: 'task',
  round: 0,
  source: null,
  troubles: 0,
  fence: 1,
  workerId: 1,
};

let written: (readonly StepNote[])[];
let lines: LogLine[];
let failure: AppError | undefined;
/** Sleeps that wait for the test. */
let waiting: { readonly ms: number; readonly wake: () => void }[];
let report: TaskReport;

const clock: Clock = {
  now: () => 0,
  monotonic: () => 0,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      waiting.push({ ms, wake: resolve });
      signal?.addEventListener('abort', () => reject(new AppError('interrupted')), { once: true });
    }),
};

beforeEach(() => {
  written = [];
  lines = [];
  waiting = [];
  failure = undefined;
  const store = {
    noteSteps: async (_: ShardClaim, steps: readonly StepNote[]) => {
      if (failure !== undefined) throw failure;
      if (steps.length > 0) written.push(steps);
    },
    appendLog: async (_: ShardClaim, added: readonly LogLine[]) => {
      if (failure !== undefined) throw failure;
      lines.push(...added);
    },
  };
  const mask = (text: string): string => text.replaceAll('secret', '***');
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const deps = { store, clock, tasks: { mask }, log } as unknown as Parameters<typeof createTaskReport>[0];
  report = createTaskReport(deps, CLAIM);
});
afterEach(() => report.close());

/** Lets what waits for the pause between two reports go on, until nothing moves any more. */
async function pass(ms = 250): Promise<void> {
  for (const one of waiting.splice(0)) {
    if (one.ms <= ms) one.wake();
    else waiting.push(one);
  }
  for (let turns = 0; turns < 50; turns++) await Promise.resolve();
}

const STEPS = [
  { name: 'a', weight: 1, total: 100 },
  { name: 'b', weight: 2 },
];

it('writes what changed in between once, as it is by then', async () => {
  await report.plan(STEPS);
  expect(written).toMatchObject([
    [
      { no: 0, name: 'a', state: 'pending', done: 0, total: 100 },
      { no: 1, name: 'b', state: 'pending' },
    ],
  ]);
  await report.step('a', async (tell) => {
    for (let done = 1; done <= 60; done++) tell.progress(done);
    await pass();
    expect(written.slice(1)).toMatchObject([[{ no: 0, state: 'running', done: 60 }]]);
    for (let done = 61; done <= 90; done++) tell.progress(done);
  });
  expect(written).toHaveLength(2);
  await pass();
  expect(written.slice(2)).toMatchObject([[{ no: 0, state: 'done', done: 100 }]]);
});

it('keeps what it has to write while the database is away, and writes it in its order', async () => {
  await report.plan(STEPS);
  failure = new AppError('database_unreachable', { host: 'h', message: 'gone.' });
  await report.log({ stream: 'out', line: '1' }, { stream: 'out', line: 'a secret' });
  await report.step('a', async () => {});
  await pass();
  await report.log({ stream: 'out', line: '3' });
  await pass();
  expect(lines).toEqual([]);
  expect(report.lost.aborted).toBe(false);
  failure = undefined;
  await report.flush();
  expect(lines.map(({ line }) => line)).toEqual(['1', 'a ***', '3']);
  expect(written.at(-1)).toMatchObject([{ name: 'a', state: 'done' }]);
});

it('makes whoever says too much wait', async () => {
  const many = Array.from({ length: 5000 }, (_, at): LogLine => ({ stream: 'out', line: String(at) }));
  let said = false;
  const saying = report.log(...many).then(() => (said = true));
  for (let turns = 0; turns < 20; turns++) await Promise.resolve();
  expect(said).toBe(false);
  await pass();
  await saying;
  expect(lines).toHaveLength(5000);
});

it('asks now and then whether the claim holds, and says when it is lost', async () => {
  await report.plan(STEPS);
  failure = new AppError('lease_lost', { run: 7, shard: 0 });
  await pass();
  expect(report.lost.aborted).toBe(false);
  await pass(2000);
  expect(report.lost.reason).toBe(failure);
});

it('says of a step why it failed, and lets what was thrown through', async () => {
  await report.plan(STEPS);
  const thrown = new AppError('internal', { message: 'the secret is out' });
  await expect(report.step('a', () => Promise.reject(thrown))).rejects.toBe(thrown);
  await report.step('b', async (tell) => tell.fail('in part'));
  await report.flush();
  expect(written.at(-1)).toMatchObject([
    { name: 'a', state: 'failed', detail: expect.stringContaining('***') as string },
    { name: 'b', state: 'failed', detail: 'in part' },
  ]);
});

it('leaves a step that was told to stop as it is', async () => {
  await report.plan(STEPS);
  await report.step('a', () => Promise.reject(new AppError('interrupted'))).catch(() => {});
  await report.flush();
  expect(written.at(-1)).toMatchObject([{ name: 'a', state: 'running' }]);
});
