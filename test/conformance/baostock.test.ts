import { plainDay, symbolOf, type DatasetId, type Row } from '@tapekeeper/core';
import { openWorld, sampleFolder, startReplay } from '@tapekeeper/replay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { AskContext, Question, Source } from '../../packages/server/src/ports/source.ts';
import { createBaostockSource } from '../../packages/server/src/sources/baostock/baostockSource.ts';
import { createTushareSource } from '../../packages/server/src/sources/tushare/tushareSource.ts';
import { BAOSTOCK_QUESTIONS, tradingDaysOf } from './baostockStand.ts';
import { UNHURRIED } from './deadlines.ts';
import { TOKEN } from './tushareStand.ts';

describe('BaoStock beside Tushare and the world behind both', async () => {
  const world = await openWorld(sampleFolder());
  let replay: Awaited<ReturnType<typeof startReplay>>;
  let baostock: Source;
  let tushare: Source;
  const free: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
  const fixed = { clock: systemClock, timeouts: UNHURRIED };

  beforeAll(async () => {
    replay = await startReplay({ world });
    const tradingDays = tradingDaysOf(world);
    baostock = createBaostockSource({ address: replay.baostockUrl, tradingDays, ...fixed });
    tushare = createTushareSource({ baseUrl: replay.tushareUrl, token: () => TOKEN, ...fixed });
  });
  afterAll(async () => {
    await Promise.all([baostock.close(), tushare.close()]);
    await replay.stop();
  });

  const questionOf = (dataset: DatasetId): Question =>
    BAOSTOCK_QUESTIONS.find((question) => question.dataset === dataset) ?? expect.fail(`no ${dataset}`);
  const rowsOf = async (source: Source, question: Question): Promise<readonly Row[]> => {
    const [batch] = (await source.ask(question, free)).batches;
    const ordered = batch?.rows.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
    return ordered ?? [];
  };

  it('gives the same days of indices', async () => {
    const question = questionOf('index_bars');
    const rows = await rowsOf(baostock, question);
    const others = await rowsOf(tushare, question);
    expect(rows.length).toBeGreaterThan(0);
    // The change comes with four decimals from the one and with six from the other.
    const like = (row: Row) => ({ ...row, pct_chg: expect.closeTo(Number(row.pct_chg), 3) });
    expect(rows).toEqual(others.map(like));
  });

  it.each(['weekly_bars', 'monthly_bars'] as const)('gives the same %s', async (dataset) => {
    const question = questionOf(dataset);
    const figures = ({ symbol, trade_date, open, high, low, close, volume }: Row) => ({
      symbol,
      trade_date,
      open,
      high,
      low,
      close,
      volume,
    });
    const rows = (await rowsOf(baostock, question)).map(figures);
    expect(rows).toEqual((await rowsOf(tushare, question)).map(figures));
  });

  it('gives five-minute bars that are those of the world', async () => {
    const question = questionOf('minute_bars');
    if (question.shape !== 'symbol') return expect.fail('asked by symbol');
    const rows = await rowsOf(baostock, question);
    const days = tradingDaysOf(world)(question.from, question.to);
    const expected = days.flatMap((day) => world.facts.minuteBars(question.symbol, day));
    expect(rows.map((row) => [row.bar_time, row.open, row.high, row.low, row.close, row.volume])).toEqual(
      expected.map((bar) => [bar.at, bar.open, bar.high, bar.low, bar.close, bar.volume]),
    );
  });

  it('gives figures of quarters that are those of the world, as first announced', async () => {
    const question = questionOf('financials');
    if (question.shape !== 'symbol') return expect.fail('asked by symbol');
    const rows = await rowsOf(baostock, question);
    const reports = world.facts
      .reports(question.symbol)
      .filter(({ period, update }) => update === 0 && period >= question.from && period <= question.to)
      .toSorted((one, other) => (one.period < other.period ? -1 : 1));
    const facts = reports.map((each) => ({
      period: each.period,
      ann_date: each.announced,
      net_profit: each.netProfit,
      roe: each.roe,
      gross_margin: each.grossMargin,
      net_margin: each.netMargin,
      net_profit_yoy: each.netProfitYoy,
      debt_to_assets: each.debtToAssets,
      current_ratio: each.currentRatio,
      quick_ratio: each.quickRatio,
    }));
    expect(rows).toEqual(facts.map((each) => expect.objectContaining(each)));
  });

  it('takes six calls a quarter, and one for each year in which dividends are announced', async () => {
    const calls = async (dataset: DatasetId, from: string, to: string) => {
      const range = { from: plainDay(from), to: plainDay(to) };
      const question = { shape: 'symbol', dataset, symbol: symbolOf('000001.SZ'), ...range } as const;
      return (await baostock.ask(question, free)).calls;
    };
    expect(await calls('financials', '2023-12-31', '2024-06-30')).toBe(18);
    expect(await calls('financials', '2024-03-30', '2024-03-30')).toBe(0);
    expect(await calls('dividends', '2022-12-31', '2023-09-30')).toBe(1);
    expect(await calls('dividends', '2022-12-31', '2023-12-31')).toBe(2);
  });

  it('puts a year of five-minute bars together from two pages', async () => {
    const range = { from: plainDay('2024-01-01'), to: plainDay('2024-12-31') };
    const symbol = symbolOf('000001.SZ');
    const answer = await baostock.ask({ shape: 'symbol', dataset: 'minute_bars', symbol, ...range }, free);
    const days = await baostock.ask({ shape: 'symbol', dataset: 'daily_bars', symbol, ...range }, free);
    expect(answer.batches[0]?.rows.length).toBe(48 * (days.batches[0]?.rows.length ?? 0));
    expect(answer.calls).toBe(2);
  });

  it('puts capped pages together to the same answers', async () => {
    const whole = await Promise.all(BAOSTOCK_QUESTIONS.map((question) => baostock.ask(question, free)));
    replay.addFault({ match: { protocol: 'baostock' }, fault: { kind: 'page_cap', rows: 3 } });
    for (const [at, question] of BAOSTOCK_QUESTIONS.entries()) {
      if (question.dataset === 'minute_bars') continue;
      expect((await baostock.ask(question, free)).batches).toEqual(whole[at]?.batches);
    }
    replay.clearFaults();
  });

  it('gives every dividend of the world that was carried out, the second of a day set aside', async () => {
    const range = { from: plainDay('2020-12-31'), to: plainDay('2024-12-31') };
    let second = 0;
    for (const symbol of world.symbols.slice(0, 20)) {
      const answer = await baostock.ask({ shape: 'symbol', dataset: 'dividends', symbol, ...range }, free);
      const expected = new Map<string, unknown[]>();
      for (const { carriedOut, announced, cash, bonus, transfer } of world.facts.dividends(symbol)) {
        if (carriedOut === undefined || announced < '2021-01-01') continue;
        if (expected.has(announced)) second += 1;
        else expected.set(announced, [announced, carriedOut.exDay, cash, bonus, transfer]);
      }
      second -= answer.unreadable.length;
      const rows = answer.batches[0]?.rows ?? [];
      expect(
        rows.map((row) => [row.ann_date, row.ex_date, row.cash ?? 0, row.bonus, row.transfer ?? 0]),
      ).toEqual([...expected.values()]);
    }
    expect(second).toBe(0);
  });
});

function keyOf(row: Row): string {
  return `${String(row.trade_date ?? row.period)} ${String(row.bar_time ?? row.ann_date ?? '')}`;
}
