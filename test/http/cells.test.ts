import { cellSchema, type Cell } from '@tapekeeper/contract';
import { AppError, plainDay, shanghaiInstant, symbolOf } from '@tapekeeper/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import {
  answerOf,
  DAYS,
  honestAnswer,
  honestRows,
  rowOf,
  SPAN,
  stockOf,
  SYMBOLS,
} from '../support/smallMarket.ts';
import { createHttpStand, isOf, listed, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();
const WISH = { dataset: 'daily_bars', ...SPAN };
const SYMBOL = symbolOf('600001.SH');
const DAY = DAYS[3] as (typeof DAYS)[number];
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
});

async function cellOf(symbol: string, day: string): Promise<Cell> {
  const answer = await stand.get(`/v1/cells/daily_bars/${symbol}/${day}`);
  const cell = cellSchema.parse(answer.json());
  expect(cell.because.en).toMatch(/\S/);
  expect(cell.because.zh).toMatch(/[\u4e00-\u9fff]/);
  return cell;
}

/** Both sources lack the rows of one symbol; the lists are as they are. */
function withhold(symbol: string): void {
  for (const source of [stand.tushare, stand.baostock]) {
    source.answer = (question) =>
      answerOf(
        question.dataset,
        honestRows(question).filter(
          (row) => question.dataset !== 'daily_bars' || !isOf(symbolOf(symbol))(row),
        ),
      );
  }
}

describe('a cell with a row', () => {
  it('is covered: by whom, in which run, when, and what the row is', async () => {
    const run = await stand.sync(WISH);
    const cell = await cellOf(SYMBOL, DAY);
    expect(cell).toMatchObject({ status: 'covered', source: 'tushare', runId: run.id, name: '名称600001' });
    expect(cell.row).toEqual(rowOf('daily_bars', SYMBOL, DAY));
    expect(cell.because.en).toContain(`tushare gave this row (run ${run.id}, `);
  });

  it('says what it was before a correction', async () => {
    const first = await stand.sync(WISH);
    stand.tushare.answer = (question) =>
      answerOf(
        question.dataset,
        honestRows(question).map((row) => (isOf(SYMBOL)(row) ? { ...row, volume: 2000 } : row)),
      );
    const second = await stand.sync({ ...WISH, force: true });
    const cell = await cellOf(SYMBOL, DAY);
    expect(cell).toMatchObject({ status: 'covered', runId: second.id, row: { volume: 2000 } });
    expect(cell.revisions).toMatchObject([{ was: { volume: 1000 }, source: 'tushare', runId: first.id }]);
    expect(cell.because.en).toContain('corrected once');
  });

  it('is provisional before the day is final', async () => {
    const noon = shanghaiInstant(DAY, 12 * 60);
    stand = await createHttpStand(database().db, { marketNow: () => noon });
    await stand.sync({ ...WISH, to: DAY });
    const cell = await cellOf(SYMBOL, DAY);
    expect(cell).toMatchObject({ status: 'provisional', source: 'tushare' });
    expect(cell.because.en).toContain('final from 17:00');
  });
});

describe('a cell without a row', () => {
  it('is suspended, says the source', async () => {
    withhold(SYMBOL);
    const silent = stand.tushare.answer;
    stand.tushare.answer = async (question) => ({
      ...(await silent(question)),
      suspended: 'day' in question ? [{ symbol: SYMBOL, day: question.day }] : [],
    });
    const run = await stand.sync(WISH);
    expect(await cellOf(SYMBOL, DAY)).toMatchObject({
      status: 'suspended',
      source: 'tushare',
      runId: run.id,
      row: null,
    });
  });

  it('is absent when every source that was asked lacks it', async () => {
    withhold(SYMBOL);
    const run = await stand.sync(WISH);
    const cell = await cellOf(SYMBOL, DAY);
    expect(cell).toMatchObject({ status: 'absent', runId: run.id });
    expect(cell.because.en).toMatch(/tushare \(run \d+, .*baostock \(run \d+, /);
  });

  it('is accepted when a person says so', async () => {
    await stand.sync({ ...WISH, sources: ['baostock'], symbols: SYMBOLS.slice(1) });
    await database().db.rows(sql`
      INSERT INTO tapekeeper.coverage_exception (dataset, instrument_id, day, source, kind, reason, author)
      SELECT 'daily_bars', id, ${DAY}, 'tushare', 'accepted', 'never published', 'an editor'
      FROM tapekeeper.instrument WHERE symbol = ${SYMBOL}`);
    const cell = await cellOf(SYMBOL, DAY);
    expect(cell).toMatchObject({ status: 'accepted' });
    expect(cell.because.en).toContain('never published');
  });

  it('is quarantined, by which rule and why', async () => {
    const spoilt = (question: Parameters<typeof honestRows>[0]) =>
      answerOf(
        question.dataset,
        honestRows(question).map((row) =>
          question.dataset === 'daily_bars' && isOf(SYMBOL)(row) ? { ...row, high: 1, low: 2 } : row,
        ),
      );
    stand.tushare.answer = spoilt;
    stand.baostock.answer = spoilt;
    await stand.sync(WISH);
    const cell = await cellOf(SYMBOL, DAY);
    expect(cell).toMatchObject({ status: 'quarantined' });
    expect(cell.quarantined[0]).toMatchObject({ rule: 'ohlc_order' });
    expect(cell.because.en).toContain('ohlc_order');
  });

  it('has failed, in which run and with what', async () => {
    const failing = (question: Parameters<typeof honestAnswer>[0]) => {
      if (question.dataset !== 'daily_bars') return honestAnswer(question);
      throw new AppError('malformed', { source: 'tushare', message: '<img src=x onerror=alert(1)>' });
    };
    stand.tushare.answer = failing;
    stand.baostock.answer = failing;
    const run = await stand.sync(WISH);
    const cell = await cellOf(SYMBOL, DAY);
    expect(cell).toMatchObject({ status: 'failed', runId: run.id });
    expect(cell.failures[0]).toMatchObject({ code: 'malformed' });
    expect(cell.because.en).toContain('malformed');
  });

  it('is missing, and the reason is where it lies', async () => {
    await stand.sync({ dataset: 'stock_basics' });
    expect((await cellOf(SYMBOL, DAY)).because.en).toContain('Nothing of daily_bars');
    await stand.sync({ ...WISH, sources: ['baostock'], symbols: SYMBOLS.slice(1) });
    expect(await cellOf(SYMBOL, DAY)).toMatchObject({ status: 'missing', source: null, runId: null });
    expect((await cellOf(SYMBOL, DAY)).because.en).toContain('It is a gap');
    expect((await cellOf(SYMBOL, '2024-01-03')).because.en).toContain(`from ${SPAN.from} on`);
    expect((await cellOf(SYMBOL, '2024-01-15')).because.en).toContain(`up to ${SPAN.to}`);
  });

  it('is expected neither on closed days nor before or after the listing', async () => {
    const stocks = [
      ...SYMBOLS.map((symbol) => stockOf(symbol)),
      listed(stockOf(symbolOf('600009.SH')), { from: '2024-01-10' }),
      listed(stockOf(symbolOf('600008.SH')), { until: '2024-01-08' }),
    ];
    stand.tushare.answer = (question) =>
      question.dataset === 'stock_basics' ? answerOf('stock_basics', stocks) : honestAnswer(question);
    await stand.sync(WISH);
    expect(await cellOf(SYMBOL, '2024-01-06')).toMatchObject({ status: 'closed' });
    expect((await cellOf(SYMBOL, '2024-01-06')).because.en).toContain('2024-01-08');
    expect(await cellOf('600009.SH', '2024-01-09')).toMatchObject({ status: 'not_listed' });
    expect(await cellOf('600008.SH', '2024-01-08')).toMatchObject({ status: 'delisted' });
  });

  it('lies ahead, or past the calendar', async () => {
    await stand.sync(WISH);
    expect(await cellOf(SYMBOL, '2024-02-01')).toMatchObject({ status: 'future' });
    expect(await cellOf(SYMBOL, '2030-01-02')).toMatchObject({ status: 'assumed' });
  });

  it('is provisional on a day that is not final yet', async () => {
    const noon = shanghaiInstant(plainDay('2024-01-15'), 12 * 60);
    stand = await createHttpStand(database().db, { marketNow: () => noon });
    await stand.sync(WISH);
    expect(await cellOf(SYMBOL, '2024-01-15')).toMatchObject({ status: 'provisional', row: null });
  });
});

describe('a cell that is none', () => {
  it.each([
    ['moon/600001.SH/2024-01-04', 404, 'unknown_dataset'],
    ['stock_basics/600001.SH/2024-01-04', 400, 'bad_request'],
    ['daily_bars/600001.SH/2024-02-30', 400, 'bad_day'],
    ['daily_bars/999999.SH/2024-01-04', 404, 'unknown_symbol'],
    ['daily_bars/PAYH/2024-01-04', 404, 'unknown_symbol'],
    ["daily_bars/600001.SH'--/2024-01-04", 404, 'unknown_symbol'],
  ])('is refused: %s', async (path, status, code) => {
    await stand.sync({ dataset: 'stock_basics' });
    const answer = await stand.get(`/v1/cells/${path}`);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ code });
  });

  it('is found by a symbol in small letters', async () => {
    await stand.sync(WISH);
    expect(await cellOf('600001.sh', DAY)).toMatchObject({ symbol: SYMBOL, status: 'covered' });
  });
});
