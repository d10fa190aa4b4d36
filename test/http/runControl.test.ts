import { attemptsSchema, runSchema, type Run } from '@tapekeeper/contract';
import { AppError, type RunState } from '@tapekeeper/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { runDispatch } from '../../packages/server/src/app/runDispatch.ts';
import { createSingleConnections } from '../../packages/server/src/app/singleConnections.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { takeDispatch } from '../support/queue.ts';
import { DAYS, honestAnswer, SPAN, SYMBOLS } from '../support/smallMarket.ts';
import { createHttpStand, HOST, type Answer, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();
const WISH = { dataset: 'daily_bars', ...SPAN };
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
});

const begin = async (wish: object = WISH): Promise<Run> =>
  runSchema.parse((await stand.post('/v1/runs', wish)).json());
const post = (run: Run, what: string, body: object = {}): Promise<Answer> =>
  stand.post(`/v1/runs/${run.id}/${what}`, body);
const read = async (run: Pick<Run, 'id'>): Promise<Run> =>
  runSchema.parse((await stand.get(`/v1/runs/${run.id}`)).json());
const runOf = (answer: Answer): Run => runSchema.parse(answer.json());

/** Works off what is queued, one dispatch or all. */
async function workOnce(): Promise<void> {
  const connections = createSingleConnections(stand.deps, () => stand.workerId);
  const dispatch = await takeDispatch(stand.db);
  if (dispatch === undefined) throw new Error('nothing is queued');
  await runDispatch(stand.deps, { id: stand.workerId, connections }, dispatch, new AbortController().signal);
}

/** A run that has been planned, and whose items nobody has begun. */
async function planned(): Promise<Run> {
  for (const dataset of ['trade_calendar', 'stock_basics']) await stand.sync({ dataset });
  const run = await begin();
  await workOnce();
  return read(run);
}

/** Refuses days as told, and answers all others. */
function refuseDays(isRefused: (day: string) => boolean): void {
  stand.tushare.answer = (question) => {
    if (question.shape === 'day' && isRefused(question.day))
      throw new AppError('malformed', { source: 'tushare', message: 'no JSON.' });
    return honestAnswer(question);
  };
}

describe('cancelling a run', () => {
  it('ends it, keeps who wanted it and why, and is the same when asked twice', async () => {
    const run = await begin();
    const cancelled = runOf(await post(run, 'cancel', { author: 'ann', reason: 'too early' }));
    expect(cancelled).toMatchObject({
      state: 'cancelled',
      reason: 'cancelled',
      error: null,
      stop: { end: 'cancelled', by: 'ann', reason: 'too early' },
    });
    const again = await post(run, 'cancel');
    expect(again.statusCode).toBe(200);
    expect(runOf(again)).toEqual(cancelled);
    await stand.work();
    expect(stand.tushare.asked).toEqual([]);
  });

  it('is refused for a run that has ended in another way, or that there is none of', async () => {
    const run = await begin();
    await stand.work();
    const late = await post(run, 'cancel');
    expect([late.statusCode, late.json<{ code: string }>().code]).toEqual([409, 'run_over']);
    const none = await stand.post('/v1/runs/999999/cancel', {});
    expect([none.statusCode, none.json<{ code: string }>().code]).toEqual([404, 'unknown_run']);
  });
});

describe('marking a run as failed', () => {
  it('ends it now with the reason, which must be there', async () => {
    const run = await planned();
    expect((await post(run, 'fail', {})).statusCode).toBe(400);
    expect((await post(run, 'fail', { reason: '  ' })).statusCode).toBe(400);
    const failed = runOf(await post(run, 'fail', { reason: 'it hangs', author: 'ann' }));
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'marked_failed' } });
    expect(failed.error?.message).toContain('it hangs');
    expect(runOf(await post(run, 'fail', { reason: 'it hangs' }))).toEqual(failed);
  });
});

describe('pausing a run', () => {
  it('holds it until it is resumed, and then it goes on where it was', async () => {
    const run = await planned();
    expect(runOf(await post(run, 'pause'))).toMatchObject({ state: 'paused' });
    const asked = stand.tushare.asked.length;
    await stand.work();
    expect(stand.tushare.asked).toHaveLength(asked);
    expect(runOf(await post(run, 'resume'))).toMatchObject({ id: run.id, state: 'running' });
    await stand.work();
    expect(await read(run)).toMatchObject({ state: 'success', rowsWritten: DAYS.length * SYMBOLS.length });
  });

  it.each<[string, RunState, string]>([
    ['pause', 'pending', 'run_not_running'],
    ['resume', 'pending', 'run_not_paused'],
    ['pause', 'success', 'run_over'],
    ['resume', 'success', 'run_not_paused'],
    ['retry', 'pending', 'run_open'],
    ['retry', 'success', 'run_nothing_failed'],
  ])('%s of a %s run is refused with %s', async (what, state, code) => {
    const run = await begin();
    if (state === 'success') await stand.work();
    const answer = await post(run, what);
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([409, code]);
  });
});

describe('taking up a run that has ended', () => {
  it('resumes a cancelled one in a new run, which asks for what is still missing', async () => {
    const run = await planned();
    await post(run, 'cancel');
    const resumed = runOf(await post(run, 'resume', { author: 'ann' }));
    expect(resumed).toMatchObject({
      resumesRunId: run.id,
      requestedBy: 'ann',
      cause: 'person',
      from: run.from,
      to: run.to,
      sources: run.sources,
      state: 'pending',
    });
    expect(runOf(await post(run, 'resume')).id).toBe(resumed.id);
    await stand.work();
    expect(await read(resumed)).toMatchObject({ state: 'success' });
    expect(await read(run)).toMatchObject({ state: 'cancelled' });
    expect(runOf(await post(run, 'resume')).id).toBeGreaterThan(resumed.id);
  });

  it('retries days of the whole market that failed by the same question, of which only they are missing', async () => {
    refuseDays((day) => day === DAYS[2]);
    const run = await begin({ ...WISH, sources: ['tushare'] });
    await stand.work();
    expect(await read(run)).toMatchObject({ state: 'success_with_errors', progress: { itemsFailed: 1 } });
    refuseDays(() => false);
    const before = stand.tushare.asked.length;
    const retried = runOf(await post(run, 'retry'));
    expect(retried).toMatchObject({ resumesRunId: run.id, symbols: null });
    await stand.work();
    expect(await read(retried)).toMatchObject({ state: 'success', rowsWritten: SYMBOLS.length });
    expect(stand.tushare.asked.slice(before)).toMatchObject([{ shape: 'day', day: DAYS[2] }]);
  });

  it('retries the failed symbols alone where each was asked for by itself', async () => {
    const bad = SYMBOLS[1] as string;
    stand.baostock.answer = (question) => {
      if (question.shape === 'symbol' && question.symbol === bad)
        throw new AppError('malformed', { source: 'baostock', message: 'cut off.' });
      return honestAnswer(question);
    };
    for (const dataset of ['trade_calendar', 'stock_basics']) await stand.sync({ dataset });
    const run = await begin({ ...WISH, sources: ['baostock'] });
    await stand.work();
    expect(await read(run)).toMatchObject({ state: 'success_with_errors' });
    const retried = runOf(await post(run, 'retry'));
    expect(retried).toMatchObject({ symbols: 1, wish: { symbols: [bad] } });
    stand.baostock.answer = (question) => honestAnswer(question);
    await stand.work();
    expect(await read(retried)).toMatchObject({ state: 'success', rowsWritten: DAYS.length });
  });
});

describe('the record of a run', () => {
  it('can be deleted when it is over; its rows stay', async () => {
    const run = await begin();
    const open = await stand.ask({ method: 'DELETE', url: `/v1/runs/${run.id}` });
    expect([open.statusCode, open.json<{ code: string }>().code]).toEqual([409, 'run_open']);
    await stand.work();
    const deleted = await stand.ask({ method: 'DELETE', url: `/v1/runs/${run.id}` });
    expect([deleted.statusCode, deleted.json()]).toEqual([200, { deleted: run.id }]);
    expect((await stand.get(`/v1/runs/${run.id}`)).statusCode).toBe(404);
    const plan = (await stand.post('/v1/plans', WISH)).json<{ plan: { cells: number } }>();
    expect(plan.plan.cells).toBe(0);
  });

  it('tells of its attempts, and of every try of its items page by page', async () => {
    refuseDays((day) => day === DAYS[0]);
    const run = await begin({ ...WISH, sources: ['tushare'] });
    await stand.work();
    const url = `/v1/runs/${run.id}/attempts`;
    const all = attemptsSchema.parse((await stand.get(url)).json());
    expect(all.run).toMatchObject([{ no: 1, worker: stand.workerId, error: null }]);
    expect(all.items).toHaveLength(DAYS.length + 2);
    const failed = attemptsSchema.parse((await stand.get(`${url}?failed=true`)).json());
    expect(failed.items.map(({ no, error }) => [no, error?.code])).toEqual(
      [3, 2, 1].map((no) => [no, 'malformed']),
    );
    const seen = new Set<string>();
    for (let before = ''; ;) {
      const page = attemptsSchema.parse((await stand.get(`${url}?limit=2${before}`)).json());
      for (const { item, no } of page.items) seen.add(`${item}.${no}`);
      if (page.next === null) break;
      before = `&before=${page.next}`;
    }
    expect(seen.size).toBe(all.items.length);
  });
});

describe('whoever has no token', () => {
  it.each(['cancel', 'fail', 'pause', 'resume', 'retry'])('cannot %s a run', async (what) => {
    const run = await begin();
    const answer = await stand.app.inject({
      method: 'POST',
      url: `/v1/runs/${run.id}/${what}`,
      headers: { host: HOST },
      payload: { reason: 'x' },
    });
    expect(answer.statusCode).toBe(401);
    expect(await read(run)).toMatchObject({ state: 'pending', stop: null });
  });
});
