import { retentionSchema, runLogSchema, statisticsSchema, type RunLog } from '@tapekeeper/contract';
import { describe, expect, it } from 'vitest';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { SPAN, SYMBOLS } from '../support/smallMarket.ts';
import { taskRun } from '../tasks/taskStand.ts';
import { createHttpStand, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();

async function logOf(stand: HttpStand, id: number, query = ''): Promise<RunLog> {
  return runLogSchema.parse((await stand.get(`/v1/runs/${id}/log${query}`)).json());
}

const EXAMPLE = taskRun('example', { durationSeconds: 0, successRate: 1, steps: 3, message: 'hello' });

describe('the log of a run', () => {
  it('is read page by page, and says when no line can follow', async () => {
    const stand = await createHttpStand(database().db);
    const id = await stand.deps.store.createRun(EXAMPLE);
    expect(await logOf(stand, id)).toEqual({ lines: [], next: 0, ended: false });
    await stand.work();

    const first = await logOf(stand, id, '?limit=3');
    expect(first).toMatchObject({ lines: [{ stream: 'info', line: 'hello' }, {}, {}], ended: false });
    const rest = await logOf(stand, id, `?limit=3&after=${first.next}`);
    expect(rest).toMatchObject({ lines: [{ line: 'step 3 of 3 is done' }], ended: true });
    expect(await logOf(stand, id, `?after=${rest.next}`)).toEqual({
      lines: [],
      next: rest.next,
      ended: true,
    });
    const tail = await logOf(stand, id, '?tail=2');
    expect(tail.lines.map(({ line }) => line)).toEqual(['step 2 of 3 is done', 'step 3 of 3 is done']);
    expect(tail.next).toBe(rest.next);
  });

  it('of a run that is not there is not found', async () => {
    const stand = await createHttpStand(database().db);
    const answer = await stand.get('/v1/runs/99/log');
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'unknown_run' });
    expect((await stand.get('/v1/runs/99/log?tail=0')).statusCode).toBe(400);
  });
});

it('tells the newest figures of each data set', async () => {
  const stand = await createHttpStand(database().db);
  expect((await stand.get('/v1/statistics/tables')).json()).toEqual({ tables: [] });
  const sync = await stand.sync({ dataset: 'daily_bars', ...SPAN });
  await stand.deps.store.createRun(taskRun('statistics', {}));
  await stand.work();
  const { tables } = statisticsSchema.parse((await stand.get('/v1/statistics/tables')).json());
  const bars = tables.find(({ dataset }) => dataset === 'daily_bars');
  expect(bars).toMatchObject({
    symbols: SYMBOLS.length,
    lastDay: SPAN.to,
    lastRun: { id: sync.id, state: 'success' },
  });
  // covered are the days up to the twelfth of those up to the end of the month
  expect(bars?.coverage).toBeGreaterThan(0);
  expect(bars?.coverage).toBeLessThan(1);
});

it('tells how long things are kept, and what is due', async () => {
  const stand = await createHttpStand(database().db);
  await stand.deps.store.createRun(EXAMPLE);
  const retention = retentionSchema.parse((await stand.get('/v1/retention')).json());
  expect(retention).toMatchObject({
    days: { runs: 400, details: 90, events: 7, quarantine: 90 },
    due: { runs: 0, detailBytes: 0, events: 0, quarantined: 0 },
  });
});
