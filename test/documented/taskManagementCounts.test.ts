import { AppError, plainDay, shanghaiInstant } from '@tapekeeper/core';
import { expect, it, vi } from 'vitest';
import type { HttpStand, HttpStandOptions } from '../http/httpStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { createHandSource } from '../support/handSource.ts';
import { answerOf, BY_DAY, capabilityOf, DAYS, honestAnswer, SYMBOLS } from '../support/smallMarket.ts';
import { until } from '../support/until.ts';
import { openTasks, read, start, status, syncLists, type Task } from './taskFlow.ts';

// What tasks count while they run, and what they say of what they could not get.

vi.setConfig({ testTimeout: 60_000 });

const database = useCleanDatabase();

const open = (options: HttpStandOptions = {}) => openTasks(database().db, options);

it('a polling client sees the counts grow stock by stock, and then the end', async () => {
  const stand = await open();
  await syncLists(stand);
  const task = await start(stand, { stock_codes: SYMBOLS.slice(0, 5).map((symbol) => symbol.slice(0, 6)) });
  const seen = lookWhileAsked(stand, task, 5);
  await stand.work();
  seen.push(await status(stand, task));
  expectGrowth(seen, 5);
  expect(seen.at(-1)).toMatchObject({ status: 'completed', collected_count: 35, skipped_count: 0 });
  for (const one of seen) {
    expect(one).toMatchObject({ total_stocks: 5, success_count: one.processed_stocks, failed_count: 0 });
    expect(one.collected_count).toBe(one.processed_stocks * DAYS.length);
    expect(one.progress).toBe(one.processed_stocks * 20);
  }
});

/** Looks at a task at each of its questions; at the last one not before something has been stored. */
function lookWhileAsked(stand: HttpStand, task: string, questions: number): Task[] {
  const seen: Task[] = [];
  let asked = 0;
  stand.tushare.answer = async (question) => {
    asked += 1;
    if (asked === questions) await until(async () => (await status(stand, task)).processed_stocks > 0);
    seen.push(await status(stand, task));
    return honestAnswer(question);
  };
  return seen;
}

/** The first look sees nothing, the last one everything, and one of those between a part of it, while it runs. */
function expectGrowth(seen: readonly Task[], total: number): void {
  const processed = seen.map((one) => one.processed_stocks).toSorted((a, b) => a - b);
  expect([processed[0], processed.at(-1)]).toEqual([0, total]);
  expect(processed.some((count) => count > 0 && count < total)).toBe(true);
  expect(seen.slice(0, -1).every((one) => one.status === 'running')).toBe(true);
}

it('a task over the whole market counts stocks, though it is asked for day by day', async () => {
  const stand = await open();
  await syncLists(stand);
  const task = await start(stand);
  const seen = lookWhileAsked(stand, task, DAYS.length);
  await stand.work();
  const end = await status(stand, task);
  expectGrowth([...seen, end], SYMBOLS.length);
  expect(seen.every((one) => one.total_stocks === SYMBOLS.length)).toBe(true);
  expect(end).toMatchObject({
    status: 'completed',
    progress: 100,
    total_stocks: SYMBOLS.length,
    processed_stocks: SYMBOLS.length,
    success_count: SYMBOLS.length,
    failed_count: 0,
    collected_count: SYMBOLS.length * DAYS.length,
    skipped_count: 0,
    failed_details: [],
  });
  // what is there is only counted as such where it is asked for again
  const again = await start(stand, { force_update: true });
  await stand.work();
  expect(await status(stand, again)).toMatchObject({
    collected_count: 0,
    skipped_count: 63,
    success_count: 9,
  });
});

it('stocks that no source has are counted and named, and the task is not called failed for them', async () => {
  const stand = await open();
  await syncLists(stand);
  const refuse = (broken: readonly string[]) => (question: Parameters<typeof honestAnswer>[0]) => {
    if (question.shape === 'symbol' && broken.includes(question.symbol))
      throw new AppError('malformed', { source: 'tushare', message: 'not a table' });
    return honestAnswer(question);
  };
  stand.tushare.answer = refuse(['600001.SH', '600002.SH']);
  // the second source has one of them
  stand.baostock.answer = refuse(['600002.SH']);
  const task = await start(stand, { stock_codes: SYMBOLS.slice(0, 4) });
  await stand.work();
  const partly = await status(stand, task);
  expect(partly).toMatchObject({
    status: 'completed',
    progress: 100,
    total_stocks: 4,
    processed_stocks: 4,
    success_count: 3,
    failed_count: 1,
    warning_message: '1 只股票采集失败',
    error_message: null,
  });
  expect(partly.failed_details.every((one) => one.startsWith('600002.SH: malformed: '))).toBe(true);
  expect(partly.failed_details.join()).toContain('not a table');
});

it('days that could not be had are named, and the later kind of task says that it is partly done', async () => {
  const stand = await open();
  await syncLists(stand);
  stand.tushare.answer = (question) => {
    if (question.shape === 'day' && question.day === DAYS[2])
      throw new AppError('malformed', { source: 'tushare', message: 'no page' });
    return honestAnswer(question);
  };
  const task = await start(stand, {}, 'tushare-historical');
  await stand.work();
  const partly = await status(stand, task);
  // a seventh of what nine stocks should have
  expect(partly).toMatchObject({
    status: 'partial_success',
    total_stocks: 9,
    success_count: 7,
    failed_count: 2,
  });
  expect(partly.failed_details).toHaveLength(1);
  expect(partly.failed_details[0]).toMatch(new RegExp(`^${DAYS[2]}: malformed: .*no page`));
});

it('a task in which nothing could be had has failed, and says why', async () => {
  const stand = await open();
  await syncLists(stand);
  stand.tushare.answer = () => {
    throw new AppError('malformed', { source: 'tushare', message: 'no page' });
  };
  const task = await start(stand, {}, 'tushare-historical');
  await stand.work();
  const failed = await status(stand, task);
  expect(failed).toMatchObject({ status: 'failed', success_count: 0, failed_count: 9 });
  expect(failed.error_message).not.toBe('');
  expect(await read(stand, 'current-task')).toEqual({ current_task: null });
});

it('the list of stocks tells from coverage which of them are complete', async () => {
  const noon = plainDay('2024-01-12');
  const stand = await open({ marketNow: () => shanghaiInstant(noon, 20 * 60) });
  await syncLists(stand);
  const first = SYMBOLS[0]!;
  const codes = async (query = ''): Promise<readonly (string | boolean)[]> => {
    const { stocks } = await read<{ stocks: { code: string; full_collection_completed: boolean }[] }>(
      stand,
      `stock-list${query}`,
    );
    return stocks.filter((one) => one.full_collection_completed).map((one) => one.code);
  };
  await start(stand, { stock_codes: [first] });
  await stand.work();
  // some days are not everything
  expect(await codes()).toEqual([]);
  await start(stand, { stock_codes: [first], start_date: '1990-12-19', full_collection_mode: true });
  await stand.work();
  expect(await codes()).toEqual([first.slice(0, 6)]);
  const left = await read<{ total: number; stocks: { code: string }[] }>(
    stand,
    'stock-list?only_uncompleted=true',
  );
  expect(left.total).toBe(SYMBOLS.length - 1);
  expect(left.stocks.map(({ code }) => code)).not.toContain(first.slice(0, 6));
});

it('quotes are collected for the market, and counted for the stock that was asked for', async () => {
  const quotes = createHandSource({
    id: 'akshare',
    capabilities: [...BY_DAY, capabilityOf('quotes', ['all'])],
    answer: (question) =>
      question.dataset === 'quotes'
        ? answerOf(
            'quotes',
            SYMBOLS.map((symbol) => ({
              symbol,
              trade_date: '2024-01-31',
              quoted_at: shanghaiInstant(plainDay('2024-01-31'), 14 * 60),
              last: 10,
              open: 10,
              high: 10,
              low: 10,
              pre_close: 10,
              volume: 1000,
              amount: 10_000,
              pct_chg: 0,
            })),
          )
        : honestAnswer(question),
  });
  const stand = await open({ sources: [quotes] });
  const market = await start(stand, {}, 'realtime');
  await stand.work();
  expect(await status(stand, market)).toMatchObject({
    status: 'completed',
    total_stocks: SYMBOLS.length,
    success_count: SYMBOLS.length,
    collected_count: SYMBOLS.length,
  });
  const one = await start(stand, { stock_code: 'sz000001' }, 'realtime');
  await stand.work();
  expect(await status(stand, one)).toMatchObject({ status: 'completed', total_stocks: 1, success_count: 1 });
});
