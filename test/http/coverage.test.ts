import { coverageSchema, type DatasetCoverage } from '@tapekeeper/contract';
import { COLLECTED_IDS, type Symbol } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { requestSync } from '../../packages/server/src/app/requestSync.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { answerOf, DAYS, honestRows, SPAN, SYMBOLS } from '../support/smallMarket.ts';
import { createHttpStand, isOf, type HttpStand, type HttpStandOptions } from './httpStand.ts';

const database = useCleanDatabase();
const WISH = { dataset: 'daily_bars', ...SPAN };
const CELLS = DAYS.length * SYMBOLS.length;
type IsOf = ReturnType<typeof isOf>;
let stand: HttpStand;

async function open(options: HttpStandOptions = {}): Promise<void> {
  stand = await createHttpStand(database().db, options);
}

async function coverage(query = ''): Promise<readonly DatasetCoverage[]> {
  return coverageSchema.parse((await stand.get(`/v1/coverage${query}`)).json()).datasets;
}

async function coverageOf(dataset: string, query = ''): Promise<DatasetCoverage> {
  const [found] = await coverage(`?dataset=${dataset}${query}`);
  return found as DatasetCoverage;
}

describe('the coverage of an empty installation', () => {
  it('names every data set, and claims nothing of any', async () => {
    await open();
    const all = await coverage();
    expect(all.map((one) => one.dataset)).toEqual(COLLECTED_IDS);
    for (const one of all) {
      expect(one).toMatchObject({
        from: null,
        newestCompleteDay: null,
        freshAsOf: null,
        cells: null,
        lastRun: null,
        recent: [],
      });
    }
  });
});

describe('the coverage of a grid', () => {
  it('is whole after a sync up to the last final day', async () => {
    await open();
    const run = await stand.sync({ ...WISH, to: '2024-01-31' });
    expect(await coverageOf('daily_bars')).toMatchObject({
      from: SPAN.from,
      to: '2024-01-31',
      lastFinalDay: '2024-01-31',
      newestCompleteDay: '2024-01-31',
      cells: { gaps: 0, absent: 0, suspended: 0, accepted: 0 },
      worst: [],
      lastRun: { id: run.id, state: 'success' },
    });
  });

  it('counts the days after the last sync as gaps', async () => {
    await open();
    await stand.sync(WISH);
    const report = await coverageOf('daily_bars');
    expect(report).toMatchObject({
      to: '2024-01-31',
      newestCompleteDay: SPAN.to,
      symbolsWithGaps: SYMBOLS.length,
    });
    expect(report.cells?.covered).toBe(CELLS);
    expect(report.cells?.gaps).toBe((report.cells?.expected ?? 0) - CELLS);
    expect(report.recent.at(-1)).toEqual({
      day: '2024-01-31',
      expected: SYMBOLS.length,
      gaps: SYMBOLS.length,
    });
    expect(report.recent).toHaveLength(20);
    expect(report.estimatedRows).toBeGreaterThanOrEqual(CELLS);
  });

  it('tells gaps, absent and suspended cells apart, and names who lacks most', async () => {
    await open();
    const [refused, absent, halted] = SYMBOLS.slice(0, 3).map(isOf) as [IsOf, IsOf, IsOf];
    const rows = (question: Parameters<typeof honestRows>[0]) =>
      honestRows(question)
        .filter((row) => question.dataset !== 'daily_bars' || !(absent(row) || halted(row)))
        .map((row) =>
          question.dataset === 'daily_bars' && refused(row) ? { ...row, high: 1, low: 2 } : row,
        );
    stand.tushare.answer = (question) =>
      answerOf(question.dataset, rows(question), {
        suspended: 'day' in question ? [{ symbol: SYMBOLS[2] as Symbol, day: question.day }] : [],
      });
    stand.baostock.answer = (question) => answerOf(question.dataset, rows(question));
    await stand.sync(WISH);
    const report = await coverageOf('daily_bars', `&to=${SPAN.to}`);
    expect(report.cells).toEqual({
      expected: CELLS,
      covered: CELLS - 3 * DAYS.length,
      suspended: DAYS.length,
      absent: DAYS.length,
      accepted: 0,
      gaps: DAYS.length,
    });
    expect(report.worst).toEqual([
      { symbol: SYMBOLS[0], gaps: DAYS.length, first: SPAN.from, last: SPAN.to },
    ]);
    expect(report).toMatchObject({ symbolsWithGaps: 1, newestCompleteDay: null });
  });

  it('is counted over the days asked for, the last final one at most', async () => {
    await open();
    await stand.sync(WISH);
    const day = DAYS[2];
    expect(await coverageOf('daily_bars', `&from=${day}&to=${day}`)).toMatchObject({
      from: day,
      to: day,
      cells: { expected: SYMBOLS.length, gaps: 0 },
    });
    expect(await coverageOf('daily_bars', '&to=2026-12-31')).toMatchObject({ to: '2024-01-31' });
    expect(await coverageOf('adj_factors', `&from=${day}&to=${day}`)).toMatchObject({
      cells: { expected: SYMBOLS.length, gaps: SYMBOLS.length },
    });
  });
});

describe('the coverage of lists', () => {
  it('is how fresh they are, and how far the calendar reaches', async () => {
    await open();
    const before = stand.deps.clock.now() - 60_000;
    await stand.sync({ dataset: 'stock_basics' });
    await stand.sync({ dataset: 'trade_calendar' });
    const [stocks, calendar] = await coverage();
    expect(Date.parse(stocks?.freshAsOf ?? '')).toBeGreaterThan(before);
    expect(stocks).toMatchObject({
      kind: 'snapshot',
      throughDay: null,
      cells: null,
      estimatedRows: SYMBOLS.length,
    });
    expect(calendar).toMatchObject({ kind: 'calendar', throughDay: '2024-01-31' });
  });
});

describe('a question that cannot be answered', () => {
  it.each([
    ['dataset=moon', 'unknown_dataset'],
    ['from=yesterday', 'bad_day'],
    ['from=2024-02-01&to=2024-01-01', 'day_order'],
    ['colour=red', 'bad_request'],
  ])('is refused: ?%s', async (query, code) => {
    await open();
    expect((await stand.get(`/v1/coverage?${query}`)).json()).toMatchObject({ code });
  });
});

describe('counting', () => {
  let counted = 0;
  let now = 0;

  const counting = (store: Store): Store => ({
    ...store,
    coverageOf: (...input) => {
      counted += 1;
      return store.coverageOf(...input);
    },
  });

  async function openCounted(): Promise<void> {
    await open({
      deps: (deps) => ({
        ...deps,
        store: counting(deps.store),
        clock: { ...deps.clock, monotonic: () => now },
      }),
    });
    await stand.sync(WISH);
    counted = 0;
  }

  it('is done once for as long as no run does anything', async () => {
    await openCounted();
    await Promise.all([coverageOf('daily_bars'), coverageOf('daily_bars')]);
    await coverageOf('daily_bars');
    expect(counted).toBe(1);
  });

  it('is done again after a run, so that an answer is never older than the last one', async () => {
    await openCounted();
    expect((await coverageOf('daily_bars')).cells?.covered).toBe(CELLS);
    await stand.sync({ ...WISH, to: '2024-01-31' });
    expect((await coverageOf('daily_bars')).cells?.gaps).toBe(0);
  });

  it('is done again after a minute, whatever happened', async () => {
    await openCounted();
    await coverageOf('daily_bars');
    now += 60_000;
    await coverageOf('daily_bars');
    expect(counted).toBe(2);
  });

  it('rests while runs are open for ten times as long as it took', async () => {
    await openCounted();
    const slowly = stand.deps.store.estimatedRows;
    Object.assign(stand.deps.store, {
      estimatedRows: (dataset: Parameters<typeof slowly>[0]) => {
        now += 100;
        return slowly(dataset);
      },
    });
    await open({
      deps: (deps) => ({
        ...deps,
        store: counting(stand.deps.store),
        clock: { ...deps.clock, monotonic: () => now },
      }),
    });
    await coverageOf('daily_bars');
    await requestSync(stand.deps, { dataset: 'stock_basics' });
    now += 800;
    await coverageOf('daily_bars');
    expect(counted).toBe(1);
    now += 200;
    await coverageOf('daily_bars');
    expect(counted).toBe(2);
  });

  it('does not remember a failure', async () => {
    let fails = true;
    const failing = (store: Store): Store => ({
      ...store,
      coverageOf: (...input) => (fails ? Promise.reject(new Error('no')) : store.coverageOf(...input)),
    });
    await open({ deps: (deps) => ({ ...deps, store: failing(deps.store) }) });
    await stand.sync(WISH);
    expect((await stand.get('/v1/coverage')).statusCode).toBe(500);
    fails = false;
    expect((await coverageOf('daily_bars')).cells?.covered).toBe(CELLS);
  });
});
