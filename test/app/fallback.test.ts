import { AppError, symbolOf, type ErrorCode } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { Question } from '../../packages/server/src/ports/source.ts';
import { createAppStand, type AppStand, type AppStandOptions } from '../support/appStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { askedFor, createHandSource, honestSources, type HandSource } from '../support/handSource.ts';
import { BY_SYMBOL, DAYS, honestAnswer, SPAN, SYMBOLS } from '../support/smallMarket.ts';

const database = useCleanDatabase();
let stand: AppStand;
let tushare: HandSource;
let baostock: HandSource;

async function open(options: Partial<AppStandOptions> = {}): Promise<void> {
  ({ tushare, baostock } = honestSources());
  stand = await createAppStand(database().db, { sources: [tushare, baostock], ...options });
}

const BARS = { dataset: 'daily_bars', ...SPAN };
const CELLS = DAYS.length * SYMBOLS.length;
const isBars = (question: Question): boolean => question.dataset === 'daily_bars';
const symbolsAsked = (source: HandSource) =>
  askedFor(source, 'daily_bars').map((question) => ('symbol' in question ? question.symbol : null));

/** The source has nothing of some symbols, though they are listed. */
function lacks(source: HandSource, missing: readonly string[]): void {
  source.answer = (question) =>
    honestAnswer(
      question,
      isBars(question) ? SYMBOLS.filter((symbol) => !missing.includes(symbol)) : SYMBOLS,
    );
}

function refuses(source: HandSource, code: ErrorCode, from = 1): void {
  let calls = 0;
  source.answer = (question) => {
    if (isBars(question) && ++calls >= from)
      throw new AppError(code, {
        source: source.id,
        api: 'daily_bars',
        message: 'no.',
        host: 'h',
        until: 'later',
        reason: 'r',
      });
    return honestAnswer(question);
  };
}

const coverageOf = async () => stand.deps.store.coverageOf('daily_bars', SPAN.from, SPAN.to, null);

/** Cells of a symbol that have neither a row nor a hope: by which sources they are absent. */
async function absentBy(symbol: string): Promise<readonly string[]> {
  const id = (await stand.deps.store.instruments()).find((one) => one.symbol === symbol)?.instrumentId;
  const { ranges, exceptions } = await coverageOf();
  if (ranges.some((range) => range.instrumentId === id)) return [];
  return [
    ...new Set(
      exceptions.filter((one) => one.instrumentId === id && one.kind === 'absent').map((one) => one.source),
    ),
  ].toSorted();
}

describe('what the first source lacks', () => {
  it('is asked of the next one, and only that, with one call for each symbol', async () => {
    await open();
    lacks(tushare, ['600001.SH', '300001.SZ']);
    const run = await stand.sync(BARS);
    expect(symbolsAsked(baostock)).toEqual(['300001.SZ', '600001.SH']);
    expect(run).toMatchObject({
      state: 'success',
      rowsWritten: CELLS,
      outcomes: { ok: CELLS - 14, absent: 14, fell_back: 2 },
      lastSource: 'baostock',
    });
    expect((await stand.sync(BARS)).calls).toBe(0);
  });

  it('and the next one too stays absent by the word of both, and is not asked for again', async () => {
    await open();
    for (const source of [tushare, baostock]) lacks(source, ['600001.SH']);
    const run = await stand.sync(BARS);
    expect(run).toMatchObject({ state: 'success', rowsWritten: CELLS - 7, outcomes: { absent: 7 + 1 } });
    expect(await absentBy('600001.SH')).toEqual(['baostock', 'tushare']);
    tushare.asked.length = baostock.asked.length = 0;
    expect(await stand.sync(BARS)).toMatchObject({ state: 'success', calls: 0 });
    expect([...tushare.asked, ...baostock.asked]).toEqual([]);
  });

  it('is asked for up to the cap, and stays absent beyond it, for later runs as well', async () => {
    await open({ settings: { fallbackCallCap: 2 } });
    lacks(tushare, ['600001.SH', '600002.SH', '600003.SH', '000001.SZ', '000002.SZ']);
    const run = await stand.sync(BARS);
    expect(symbolsAsked(baostock)).toEqual(['000001.SZ', '000002.SZ']);
    expect(run).toMatchObject({ state: 'success', rowsWritten: CELLS - 3 * 7 });
    expect(await Promise.all(['000001.SZ', '600001.SH', '600003.SH'].map(absentBy))).toEqual([
      [],
      ['tushare'],
      ['tushare'],
    ]);
    expect(await stand.sync(BARS)).toMatchObject({ state: 'success', calls: 0 });
    // naming the source is the new wish that it takes
    expect(await stand.sync({ ...BARS, sources: ['baostock'] })).toMatchObject({
      state: 'success',
      calls: 3,
    });
    expect(await absentBy('600003.SH')).toEqual([]);
  });

  it('is not asked of sources that the person left out', async () => {
    await open();
    lacks(tushare, ['600001.SH']);
    await stand.sync({ ...BARS, sources: ['tushare'] });
    expect(baostock.asked).toEqual([]);
  });
});

describe('a source', () => {
  it('that refuses by right leaves the run, and is not asked by later ones', async () => {
    await open();
    refuses(tushare, 'permission_denied');
    const run = await stand.sync(BARS);
    expect(run).toMatchObject({
      state: 'success',
      rowsWritten: CELLS,
      params: { sources: ['baostock'] },
      outcomes: { ok: SYMBOLS.length },
    });
    expect(await stand.deps.store.rights()).toMatchObject([
      { source: 'tushare', api: 'daily_bars', allowed: false },
    ]);
    tushare.asked.length = 0;
    const forced = await stand.sync({ ...BARS, force: true });
    expect(forced).toMatchObject({ state: 'success', plan: { sources: ['baostock'] } });
    expect(tushare.asked).toEqual([]);
  });

  it.each(['quota_exhausted', 'banned', 'breaker_open'] as const)(
    'that is of no use for now (%s) is passed over for what is left',
    async (code) => {
      await open();
      refuses(tushare, code, 4);
      const run = await stand.sync(BARS);
      expect(run).toMatchObject({
        state: 'success',
        rowsWritten: CELLS,
        params: { sources: ['tushare', 'baostock'] },
      });
      expect(askedFor(tushare, 'daily_bars').length).toBeLessThanOrEqual(5);
      // the days that were done are not asked for again
      const asked = askedFor(baostock, 'daily_bars').map((question) =>
        'from' in question ? question.from : null,
      );
      expect(new Set(asked)).toEqual(new Set([DAYS[3]]));
    },
  );

  it('of the run that is the last one and refuses fails the run, with its reason', async () => {
    await open();
    refuses(tushare, 'permission_denied');
    refuses(baostock, 'bad_token');
    const run = await stand.sync(BARS);
    expect(run).toMatchObject({ state: 'failed', error: { code: 'bad_token' } });
    expect(await coverageOf()).toEqual({ ranges: [], days: [], exceptions: [] });
  });

  it('that serves none of what is missing leaves a run that is not green', async () => {
    const beijing = symbolOf('920001.BJ');
    await open();
    tushare.answer = baostock.answer = (question) => honestAnswer(question, [...SYMBOLS, beijing]);
    const narrow = createHandSource({
      id: 'baostock',
      answer: baostock.answer,
      capabilities: BY_SYMBOL.map((one) => ({ ...one, exchanges: ['XSHG', 'XSHE'] })),
    });
    stand = await createAppStand(database().db, { sources: [narrow] });
    const run = await stand.sync(BARS);
    expect(run).toMatchObject({
      state: 'success_with_errors',
      rowsWritten: CELLS,
      plan: { unservedCells: 7 },
    });
    expect(symbolsAsked(narrow)).not.toContain(beijing);
  });

  it('with no right at all is named in the error', async () => {
    await open();
    for (const source of ['tushare', 'baostock'] as const) {
      for (const api of ['daily_bars', 'stock_basics'])
        await stand.deps.store.saveRight({ source, api, allowed: false, detail: null });
    }
    const lists = await stand.sync({ dataset: 'stock_basics' });
    expect(lists).toMatchObject({ state: 'failed', error: { code: 'source_lacks_dataset' } });
    expect(lists.error?.message).toContain('tushare refuses stock_basics');
  });
});

describe('a forced run', () => {
  it('falls back only for what nobody has', async () => {
    await open();
    lacks(tushare, ['600001.SH']);
    await stand.sync(BARS);
    tushare.asked.length = baostock.asked.length = 0;
    const run = await stand.sync({ ...BARS, force: true });
    expect(run.state).toBe('success');
    expect(askedFor(tushare, 'daily_bars')).toHaveLength(DAYS.length);
    expect(symbolsAsked(baostock)).toEqual([]);
  });

  it('whose source drops out asks the next one for what it has not got again, though all of it is there', async () => {
    await open();
    await stand.sync(BARS);
    baostock.asked.length = 0;
    refuses(tushare, 'quota_exhausted', 3);
    const run = await stand.sync({ ...BARS, force: true });
    expect(run).toMatchObject({ state: 'success' });
    const asked = new Set(
      askedFor(baostock, 'daily_bars').map((question) => ('from' in question ? question.from : null)),
    );
    expect(asked).toEqual(new Set([DAYS[2]]));
    expect(new Set(symbolsAsked(baostock))).toEqual(new Set(SYMBOLS));
  });
});
