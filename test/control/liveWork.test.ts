import { AppError, DEFAULT_POLICIES, RUN_MACHINE, type Priority, type SourceId } from '@tapekeeper/core';
import { afterEach, expect, it, vi } from 'vitest';
import { resolveSync } from '../../packages/server/src/app/requestSync.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { RunId } from '../../packages/server/src/ports/runStore.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { BY_DAY, BY_SYMBOL, honestAnswer, SPAN, SYMBOLS } from '../support/smallMarket.ts';
import { until } from '../support/until.ts';
import { createHearingSource, startWorker, type HearingSource, type RunningWorker } from './workerStand.ts';

// What is wanted now does not wait behind the past.

vi.setConfig({ testTimeout: 60_000 });

const database = useCleanDatabase();
const workers: RunningWorker[] = [];

afterEach(async () => {
  await Promise.all(workers.splice(0).map(({ service }) => service.stop()));
});

const source = (id: SourceId, singleConnection: boolean): HearingSource =>
  createHearingSource({
    id,
    capabilities: singleConnection ? BY_SYMBOL : BY_DAY,
    answer: (question) => honestAnswer(question),
    singleConnection,
  });

async function begin(
  { stand }: RunningWorker,
  priority: Priority,
  wish: { dataset: string; symbols?: readonly string[] },
): Promise<RunId> {
  const resolved = await resolveSync(stand.deps, { ...SPAN, ...wish }, 'sync');
  return stand.deps.store.createRun({ ...resolved, policies: { ...DEFAULT_POLICIES, priority } });
}

async function hasEnded({ stand }: RunningWorker, id: RunId): Promise<boolean> {
  return RUN_MACHINE.terminal.includes((await stand.run(id)).state);
}

async function makeLists(worker: RunningWorker): Promise<void> {
  for (const dataset of ['trade_calendar', 'stock_basics']) {
    const id = await begin(worker, 'normal', { dataset });
    await until(() => hasEnded(worker, id));
  }
}

it('a live run is worked on while backfills hold every other slot', async () => {
  const tushare = source('tushare', false);
  const worker = await startWorker(database(), { sources: [tushare], concurrency: 3 });
  workers.push(worker);
  await makeLists(worker);
  const before = tushare.asked.length;
  tushare.hear = (question, { signal }) =>
    question.dataset === 'adj_factors'
      ? Promise.resolve(honestAnswer(question))
      : new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new AppError('interrupted')), { once: true });
        });
  const backfills = [];
  for (let no = 0; no < 4; no++) backfills.push(await begin(worker, 'backfill', { dataset: 'daily_bars' }));
  await until(async () => tushare.asked.length >= before + 2);
  const live = await begin(worker, 'live', { dataset: 'adj_factors' });
  await until(() => hasEnded(worker, live));
  expect(await worker.stand.run(live)).toMatchObject({ state: 'success' });
  for (const id of backfills) expect(await hasEnded(worker, id)).toBe(false);
});

it('a live run gets the only connection of a source from a backfill of another worker', async () => {
  const settings = { dispatchBudgetMs: 200, leaseRetryMs: 100 };
  const started: { worker: RunningWorker; baostock: HearingSource }[] = [];
  for (const node of ['one', 'other']) {
    const baostock = source('baostock', true);
    baostock.hear = async (question, { signal }) => {
      if (question.dataset === 'daily_bars') await systemClock.sleep(400, signal);
      return honestAnswer(question);
    };
    const worker = await startWorker(database(), { sources: [baostock], concurrency: 1, settings, node });
    workers.push(worker);
    started.push({ worker, baostock });
  }
  const [{ worker }] = started as [(typeof started)[number]];
  await makeLists(worker);
  const backfill = await begin(worker, 'backfill', { dataset: 'daily_bars' });
  await until(async () =>
    started.some(({ baostock }) => baostock.asked.some(({ dataset }) => dataset === 'daily_bars')),
  );
  const symbols = SYMBOLS.slice(0, 1);
  const live = await begin(worker, 'live', { dataset: 'adj_factors', symbols });
  await until(() => hasEnded(worker, live));
  expect(await worker.stand.run(live)).toMatchObject({ state: 'success' });
  expect(await hasEnded(worker, backfill)).toBe(false);
  await until(() => hasEnded(worker, backfill));
  expect(await worker.stand.run(backfill)).toMatchObject({ state: 'success' });
});
