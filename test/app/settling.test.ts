import { addDays, Bitmap, plainDay, shanghaiInstant, type PlainDay, type Symbol } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { releaseQuarantine } from '../../packages/server/src/app/quality/settleQuarantine.ts';
import type { Question } from '../../packages/server/src/ports/source.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createAppStand, type AppStand } from '../support/appStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { askedFor, createHandSource, honestSources, type HandSource } from '../support/handSource.ts';
import {
  answerOf,
  BY_DAY,
  BY_SYMBOL,
  DAYS,
  honestAnswer,
  honestRows,
  SPAN,
  SYMBOLS,
} from '../support/smallMarket.ts';

const database = useCleanDatabase();
const SYMBOL = SYMBOLS[0] as Symbol;
const LAST = SPAN.to;
const BARS = { dataset: 'daily_bars', ...SPAN };
const closeOf = (day: PlainDay) => shanghaiInstant(day, 17 * 60);

const unsettledDays = async (stand: AppStand) =>
  (await stand.deps.store.unsettledDays('daily_bars')).map(({ day, members }) => [
    day,
    Bitmap.fromBytes(members).count(),
  ]);

describe('days within settleDays', () => {
  it('are asked for once more when they have settled, and what was corrected becomes a revision', async () => {
    let now = closeOf(LAST);
    const { tushare } = honestSources();
    const stand = await createAppStand(database().db, { sources: [tushare], marketNow: () => now });
    await stand.sync(BARS);
    expect(await unsettledDays(stand)).toEqual(DAYS.slice(2).map((day) => [day, SYMBOLS.length]));

    tushare.asked.length = 0;
    expect(await stand.sync(BARS)).toMatchObject({ calls: 0, state: 'success' });

    now = closeOf(plainDay('2024-01-31'));
    tushare.answer = (question) =>
      question.dataset === 'daily_bars'
        ? answerOf(
            'daily_bars',
            honestRows(question).map((row) =>
              row['trade_date'] === LAST && row['symbol'] === SYMBOL ? { ...row, volume: 1001 } : row,
            ),
          )
        : honestAnswer(question);
    expect(await stand.sync(BARS)).toMatchObject({ calls: 5, rowsWritten: 1, state: 'success' });
    expect(askedFor(tushare, 'daily_bars')).toHaveLength(5);
    expect(await unsettledDays(stand)).toEqual([]);
    expect(
      await stand.db.rows(sql`SELECT symbol, day, was->>'volume' AS volume FROM tapekeeper.revision`),
    ).toEqual([{ symbol: SYMBOL, day: LAST, volume: '1000' }]);

    expect(await stand.sync(BARS)).toMatchObject({ calls: 0, rowsWritten: 0 });
  });

  it('are remembered when the second asking fails', async () => {
    let now = closeOf(LAST);
    const { tushare } = honestSources();
    const stand = await createAppStand(database().db, { sources: [tushare], marketNow: () => now });
    await stand.sync(BARS);
    now = closeOf(plainDay('2024-01-31'));
    tushare.answer = (question) =>
      question.dataset === 'daily_bars' ? answerOf('daily_bars', []) : honestAnswer(question);
    expect(await stand.sync(BARS)).toMatchObject({ itemsFailed: 5 });
    expect(await unsettledDays(stand)).toHaveLength(5);
  });

  it('keep an absence in question until its day has settled', async () => {
    let now = closeOf(LAST);
    const { tushare } = honestSources();
    const lacking = (question: Question) =>
      question.dataset === 'daily_bars'
        ? answerOf(
            'daily_bars',
            honestRows(question).filter((row) => row['symbol'] !== SYMBOL || row['trade_date'] !== LAST),
          )
        : honestAnswer(question);
    tushare.answer = lacking;
    const stand = await createAppStand(database().db, { sources: [tushare], marketNow: () => now });
    await stand.sync(BARS);
    expect(await stand.sync(BARS)).toMatchObject({ calls: 0 });
    now = closeOf(plainDay('2024-01-31'));
    tushare.answer = honestAnswer;
    expect(await stand.sync(BARS)).toMatchObject({ calls: 5, rowsWritten: 1 });
    const { exceptions } = await stand.deps.store.coverageOf('daily_bars', SPAN.from, SPAN.to, null);
    expect(exceptions).toEqual([]);
  });
});

describe('factors of another source', () => {
  const scaledBy =
    (ratio: number) =>
    (question: Question): ReturnType<typeof honestAnswer> =>
      question.dataset === 'adj_factors'
        ? answerOf(
            'adj_factors',
            honestRows(question).map((row) => ({
              ...row,
              adj_factor: Number((Number(row['adj_factor']) * ratio).toFixed(6)),
            })),
          )
        : honestAnswer(question);
  const factors = (stand: AppStand) =>
    stand.db.rows<{ day: PlainDay; factor: number; source: string }>(sql`
      SELECT trade_date AS day, adj_factor AS factor, source FROM market.adj_factors
      WHERE symbol = ${SYMBOL} ORDER BY trade_date`);
  const honestFactors = () =>
    honestRows({ shape: 'symbol', dataset: 'adj_factors', symbol: SYMBOL, ...SPAN }).map((row) =>
      Number(row['adj_factor']),
    );

  const open = async (first: HandSource, second: HandSource): Promise<AppStand> =>
    createAppStand(database().db, { sources: [first, second] });

  it('are brought to the base of the stored ones by their ratio on a common day', async () => {
    const hole = DAYS[3] as PlainDay;
    const tushare = createHandSource({
      id: 'tushare',
      capabilities: BY_DAY,
      answer: (question) =>
        question.dataset === 'adj_factors'
          ? answerOf(
              'adj_factors',
              honestRows(question).filter((row) => row['symbol'] !== SYMBOL || row['trade_date'] !== hole),
            )
          : honestAnswer(question),
    });
    const baostock = createHandSource({ id: 'baostock', capabilities: BY_SYMBOL, answer: scaledBy(2.5) });
    const stand = await open(tushare, baostock);
    const run = await stand.sync({ dataset: 'adj_factors', ...SPAN });
    expect(run).toMatchObject({ state: 'success' });
    const stored = await factors(stand);
    expect(stored.map(({ factor }) => factor)).toEqual(honestFactors());
    expect(stored.map(({ source }) => source)).toEqual(
      DAYS.map((day) => (day === hole ? 'baostock' : 'tushare')),
    );
    // no other day of the answer was written over
    expect(await stand.db.rows(sql`SELECT 1 FROM tapekeeper.revision`)).toEqual([]);
  });

  it('begin a series of their own where nothing is stored', async () => {
    const tushare = createHandSource({ id: 'tushare', capabilities: BY_DAY, answer: honestAnswer });
    const baostock = createHandSource({ id: 'baostock', capabilities: BY_SYMBOL, answer: scaledBy(2) });
    const stand = await open(baostock, tushare);
    await stand.sync({ dataset: 'adj_factors', ...SPAN });
    expect((await factors(stand)).map(({ factor }) => factor)).toEqual(
      honestFactors().map((factor) => Number((factor * 2).toFixed(6))),
    );
  });

  it('of a whole market are chained by the day before', async () => {
    const tushare = createHandSource({ id: 'tushare', capabilities: BY_DAY, answer: honestAnswer });
    const baostock = createHandSource({ id: 'baostock', capabilities: BY_SYMBOL, answer: scaledBy(2) });
    const stand = await open(baostock, tushare);
    const next = plainDay('2024-01-15');
    await stand.sync({ dataset: 'adj_factors', ...SPAN, sources: ['baostock'] });
    const run = await stand.sync({ dataset: 'adj_factors', from: next, to: next, sources: ['tushare'] });
    expect(run).toMatchObject({ state: 'success', outcomes: { ok: SYMBOLS.length } });
    const [last] = (await factors(stand)).toReversed();
    const raw = Number(
      honestRows({ shape: 'day', dataset: 'adj_factors', day: next }).find(
        (row) => row['symbol'] === SYMBOL,
      )?.['adj_factor'],
    );
    expect(last).toEqual({ day: next, factor: Number((raw * 2).toFixed(6)), source: 'tushare' });
  });

  it('are refused where no day is common', async () => {
    const tushare = createHandSource({ id: 'tushare', capabilities: BY_DAY, answer: honestAnswer });
    const baostock = createHandSource({ id: 'baostock', capabilities: BY_SYMBOL, answer: scaledBy(2) });
    const stand = await open(baostock, tushare);
    const later = plainDay('2024-01-22');
    await stand.sync({ dataset: 'adj_factors', ...SPAN, sources: ['baostock'] });
    const run = await stand.sync({ dataset: 'adj_factors', from: later, to: later, sources: ['tushare'] });
    expect(run).toMatchObject({ rowsWritten: 0, itemsFailed: 1 });
    expect(
      await stand.db.rows(sql`SELECT DISTINCT rule FROM tapekeeper.quarantine WHERE day = ${later}`),
    ).toEqual([{ rule: 'factor_base' }]);

    // each by itself is a good row: only its neighbours show that it would look like a split
    const held = await stand.db.rows<{ id: number }>(sql`SELECT id FROM tapekeeper.quarantine`);
    const wish = { ids: held.map(({ id }) => id), author: 'a person' };
    for (const force of [{}, { force: true, reason: 'I want it' }]) {
      const released = await releaseQuarantine(stand.deps, { ...wish, ...force });
      expect(new Set(released.map(({ outcome, rule }) => `${outcome} ${rule}`))).toEqual(
        new Set(['refused factor_base']),
      );
    }
    expect((await factors(stand)).map(({ day }) => day)).not.toContain(later);
  });
});

describe('a list', () => {
  it('that the first source cannot give comes from the next', async () => {
    const { tushare, baostock } = honestSources();
    tushare.answer = (question) =>
      question.dataset === 'stock_basics' ? answerOf('stock_basics', []) : honestAnswer(question);
    const stand = await createAppStand(database().db, { sources: [tushare, baostock] });
    const run = await stand.sync({ dataset: 'stock_basics' });
    expect(run).toMatchObject({ state: 'success_with_errors', rowsWritten: SYMBOLS.length, itemsFailed: 1 });
    expect(askedFor(baostock, 'stock_basics')).toHaveLength(1);
    expect(
      await stand.sync({ dataset: 'stock_basics', force: true, sources: ['baostock', 'tushare'] }),
    ).toMatchObject({
      state: 'success',
      calls: 1,
    });
  });
});

describe('a stream', () => {
  const capability = {
    dataset: 'news',
    shapes: ['day'],
    columns: ['news_id', 'published_at', 'title', 'symbols'],
    pageRows: 1000,
    byproducts: [],
    api: 'news',
    exchanges: ['XSHG', 'XSHE', 'XBSE'],
  } as const;
  const newsOf = (question: Question) =>
    answerOf('news', [
      {
        news_id: `${question.shape === 'day' ? question.day : ''}`,
        published_at: shanghaiInstant(question.shape === 'day' ? question.day : LAST, 600),
        title: '快讯',
        symbols: '["600001.SH"]',
      },
    ]);

  it('is read day by day, and again while late entries may come', async () => {
    let now = shanghaiInstant(LAST, 20 * 60);
    const source = createHandSource({ id: 'tushare', capabilities: [capability], answer: newsOf });
    const stand = await createAppStand(database().db, { sources: [source], marketNow: () => now });
    const span = { dataset: 'news', from: SPAN.from, to: LAST };
    // the database's clock says that all of it was read long after, so nothing is late
    expect(await stand.sync(span)).toMatchObject({ state: 'success', calls: 9, rowsWritten: 9 });
    expect(await stand.sync(span)).toMatchObject({ calls: 0 });
    await stand.db.rows(sql`
      UPDATE tapekeeper.coverage_day SET at = ${new Date(shanghaiInstant(addDays(LAST, -1), 0)).toISOString()}
      WHERE dataset = 'news' AND day >= ${addDays(LAST, -2)}`);
    now += 3_600_000;
    expect(await stand.sync(span)).toMatchObject({ calls: 3, rowsWritten: 0, rowsUnchanged: 3 });
    expect(await stand.db.one(sql`SELECT count(*)::int AS days FROM tapekeeper.coverage_day`)).toEqual({
      days: 9,
    });
  });

  it('falls back for the days that the first source could not give', async () => {
    const broken = createHandSource({
      id: 'tushare',
      capabilities: [capability],
      answer: (question) => {
        if (question.shape === 'day' && question.day === LAST) throw new Error('no such day');
        return newsOf(question);
      },
    });
    const other = createHandSource({ id: 'akshare', capabilities: [capability], answer: newsOf });
    const stand = await createAppStand(database().db, { sources: [broken, other] });
    const run = await stand.sync({ dataset: 'news', from: SPAN.from, to: LAST });
    expect(run).toMatchObject({ rowsWritten: 9, itemsFailed: 1 });
    expect(other.asked).toEqual([{ shape: 'day', dataset: 'news', day: LAST }]);
  });
});
