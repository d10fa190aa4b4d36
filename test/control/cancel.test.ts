import { AppError, RUN_MACHINE, type RunState } from '@tapekeeper/core';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { cancelRun } from '../../packages/server/src/app/runs/cancelRun.ts';
import { pauseRun } from '../../packages/server/src/app/runs/pauseRun.ts';
import { resumeRun } from '../../packages/server/src/app/runs/resumeRun.ts';
import { requestSync } from '../../packages/server/src/app/requestSync.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { RunId } from '../../packages/server/src/ports/runStore.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { expectAgreement } from '../support/invariants.ts';
import { BY_DAY, DAYS, honestAnswer, SPAN, SYMBOLS } from '../support/smallMarket.ts';
import { until } from '../support/until.ts';
import { createHearingSource, startWorker, type HearingSource, type RunningWorker } from './workerStand.ts';

// A whole worker at work, told to stop at moments that nobody has chosen.

vi.setConfig({ testTimeout: 60_000 });

const database = useCleanDatabase();
let worker: RunningWorker | undefined;

afterEach(async () => {
  await worker?.service.stop();
  worker = undefined;
});

const CELLS = DAYS.length * SYMBOLS.length;

function slowSource(answerMs: number): HearingSource {
  const source = createHearingSource({
    id: 'tushare',
    capabilities: [...BY_DAY],
    answer: (question) => honestAnswer(question),
  });
  source.hear = async (question, { signal }) => {
    await systemClock.sleep(answerMs, signal);
    return honestAnswer(question);
  };
  return source;
}

async function open(source: HearingSource, rest: { stopGraceMs?: number } = {}): Promise<RunningWorker> {
  worker = await startWorker(database(), { sources: [source], ...rest });
  return worker;
}

const stateOf = async (id: RunId): Promise<RunState> => (await worker?.stand.run(id))?.state ?? 'pending';
const isOver = async (id: RunId): Promise<boolean> => RUN_MACHINE.terminal.includes(await stateOf(id));

it('a run ends as cancelled whenever it is told to, or it had ended before; what is there agrees', async () => {
  const { stand } = await open(slowSource(15));
  const cancel = { by: 'somebody', reason: '', force: false };
  await fc.assert(
    fc.asyncProperty(fc.nat(250), async (afterMs) => {
      const id = await requestSync(stand.deps, { dataset: 'daily_bars', ...SPAN, force: true });
      await systemClock.sleep(afterMs);
      const asked = await cancelRun(stand.deps, id, cancel).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'run_over') return undefined;
        throw error;
      });
      await until(() => isOver(id));
      expect([asked === undefined, await stateOf(id)]).toEqual(
        asked === undefined ? [true, 'success'] : [false, 'cancelled'],
      );
      // of the children too that it has made
      await until(async () => (await openRuns()).length === 0);
      await expectAgreement(database().db, `cancelled after ${afterMs} ms`);
    }),
    { numRuns: 25, seed: 4, endOnFailure: true },
  );
});

it('a run ends while its source keeps it waiting for ever', async () => {
  const source = slowSource(1);
  const { stand } = await open(source);
  for (const dataset of ['trade_calendar', 'stock_basics']) {
    const list = await requestSync(stand.deps, { dataset });
    await until(() => isOver(list));
  }
  source.hear = (_, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new AppError('interrupted')), { once: true });
    });
  const before = source.asked.length;
  const id = await requestSync(stand.deps, { dataset: 'daily_bars', ...SPAN });
  await until(async () => source.asked.length > before);
  expect((await cancelRun(stand.deps, id, { by: 'x', reason: '', force: false })).state).toBe('running');
  await until(async () => (await stateOf(id)) === 'cancelled');
  await expectAgreement(database().db, 'cancelled inside a call');
});

it('a run whose work does not hear ends by force after the grace, and the late answer is written nowhere', async () => {
  const source = slowSource(1);
  const { stand } = await open(source, { stopGraceMs: 1000 });
  for (const dataset of ['trade_calendar', 'stock_basics']) {
    const list = await requestSync(stand.deps, { dataset });
    await until(() => isOver(list));
  }
  const late = Promise.withResolvers<void>();
  source.hear = async (question) => {
    await late.promise;
    return honestAnswer(question);
  };
  const before = source.asked.length;
  const id = await requestSync(stand.deps, { dataset: 'daily_bars', ...SPAN });
  await until(async () => source.asked.length > before);
  await cancelRun(stand.deps, id, { by: 'x', reason: '', force: false });
  await until(async () => (await stateOf(id)) === 'cancelled');
  late.resolve();
  await worker?.service.stop();
  expect(await rows()).toBe(0);
  await expectAgreement(database().db, 'forced');
});

it('a run that is paused and resumed again and again collects everything once', async () => {
  const { stand } = await open(slowSource(10));
  const id = await requestSync(stand.deps, { dataset: 'daily_bars', ...SPAN });
  for (let turn = 0; turn < 12 && !(await isOver(id)); turn++) {
    const paused = await pauseRun(stand.deps, id, 'somebody').catch(() => undefined);
    if (paused === undefined) continue;
    await until(async () => (await stateOf(id)) === 'paused' || (await isOver(id)));
    if (await isOver(id)) break;
    const there = await rows();
    await resumeRun(stand.deps, id, 'somebody');
    await until(async () => (await rows()) > there || (await isOver(id)));
  }
  await until(() => isOver(id));
  expect(await stand.run(id)).toMatchObject({ state: 'success', rowsWritten: CELLS });
  await expectAgreement(database().db, 'paused and resumed');
});

async function rows(): Promise<number> {
  const { count } = await database().db.one<{ count: number }>(
    sql`SELECT count(*)::int AS count FROM market.daily_bars`,
  );
  return count;
}

async function openRuns(): Promise<readonly unknown[]> {
  return database().db.rows(
    sql`SELECT id FROM tapekeeper.run WHERE state IN ('pending', 'running', 'paused')`,
  );
}
