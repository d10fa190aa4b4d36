import { plainDay, symbolOf, type PlainDay, type Row } from '@tapekeeper/core';
import { openWorld, sampleFolder, startReplay, type World } from '@tapekeeper/replay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { AskContext, Question, Source } from '../../packages/server/src/ports/source.ts';
import { createBaostockSource } from '../../packages/server/src/sources/baostock/baostockSource.ts';
import { createTushareSource } from '../../packages/server/src/sources/tushare/tushareSource.ts';
import type { Deadlines } from '../../packages/server/src/sources/watch.ts';
import { openAkshareStand } from './akshareStand.ts';
import { UNHURRIED } from './deadlines.ts';
import { openBaostockStand } from './baostockStand.ts';
import { describeSource } from './source.ts';
import { openTushareStand } from './tushareStand.ts';

const DAY = plainDay('2024-07-18');
const MONTH = { from: plainDay('2024-06-03'), to: plainDay('2024-07-31') };
const SYMBOL = symbolOf('000001.SZ');
const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };

interface Addresses {
  readonly tushareUrl: string;
  readonly baostockUrl: string;
}

function tushare({ tushareUrl }: Addresses, timeouts: Deadlines = UNHURRIED): Source {
  return createTushareSource({
    baseUrl: tushareUrl,
    token: () => 'replayed-token',
    clock: systemClock,
    timeouts,
  });
}

function baostock(world: World, { baostockUrl }: Addresses, timeouts: Deadlines = UNHURRIED): Source {
  const days = world.calendar.days('SSE').filter(({ open }) => open);
  const tradingDays = (from: PlainDay, to: PlainDay) =>
    days.map(({ day }) => day).filter((day) => day >= from && day <= to);
  return createBaostockSource({ address: baostockUrl, clock: systemClock, tradingDays, timeouts });
}

describeSource('Tushare', openTushareStand);

describeSource('BaoStock', openBaostockStand);

describeSource('AKShare', openAkshareStand);

describe('both sources over the same data', () => {
  let world: World;
  let replay: Awaited<ReturnType<typeof startReplay>>;
  const sources: Source[] = [];
  const rowsOf = async (source: Source, question: Question): Promise<readonly Row[]> => {
    const [batch] = (await source.ask(question, FREE)).batches;
    return (
      batch?.rows.toSorted((one, other) => (String(one.trade_date) < String(other.trade_date) ? -1 : 1)) ?? []
    );
  };
  const both = async (question: Question) => Promise.all(sources.map((source) => rowsOf(source, question)));

  beforeAll(async () => {
    world = await openWorld(sampleFolder());
    replay = await startReplay({ world });
    sources.push(tushare(replay), baostock(world, replay));
  });
  afterAll(async () => {
    for (const source of sources) await source.close();
    await replay.stop();
  });

  it('give the same bars, in the same units', async () => {
    for (const symbol of world.symbols.slice(0, 10)) {
      const [ofTushare, ofBaostock] = await both({
        shape: 'symbol',
        dataset: 'daily_bars',
        symbol,
        ...MONTH,
      });
      expect(ofTushare?.length).toBeGreaterThan(0);
      expect(ofTushare).toEqual(ofBaostock);
    }
  });

  it('give factors in the same ratios', async () => {
    const [ofTushare = [], ofBaostock = []] = await both({
      shape: 'symbol',
      dataset: 'adj_factors',
      symbol: SYMBOL,
      ...MONTH,
    });
    expect(ofTushare.map((row) => row.trade_date)).toEqual(ofBaostock.map((row) => row.trade_date));
    const ratios = (rows: readonly Row[]) =>
      rows.map((row) => Number(row.adj_factor) / Number(rows[0]?.adj_factor));
    expect(new Set(ratios(ofTushare)).size).toBeGreaterThan(1);
    for (const [index, ratio] of ratios(ofTushare).entries())
      expect(ratios(ofBaostock)[index]).toBeCloseTo(ratio, 4);
  });

  it('give the same calendar', async () => {
    const [ofTushare = [], ofBaostock = []] = await both({
      shape: 'all',
      dataset: 'trade_calendar',
      ...MONTH,
    });
    const sorted = (rows: readonly Row[]) =>
      rows.toSorted((one, other) =>
        `${one.exchange} ${one.cal_date}` < `${other.exchange} ${other.cal_date}` ? -1 : 1,
      );
    expect(sorted(ofTushare)).toEqual(sorted(ofBaostock));
  });

  it('name suspended days instead of leaving them out, where the source knows of them', async () => {
    const question: Question = {
      shape: 'symbol',
      dataset: 'daily_bars',
      symbol: symbolOf('002252.SZ'),
      from: DAY,
      to: plainDay('2024-12-31'),
    };
    const days = world.calendar
      .days('SZSE')
      .filter(({ day, open }) => open && day >= DAY && day <= question.to);
    const [tushareAnswer, baostockAnswer] = await Promise.all(
      sources.map((source) => source.ask(question, FREE)),
    );
    const barsOf = (answer: typeof baostockAnswer) =>
      answer?.batches.find(({ dataset }) => dataset === 'daily_bars')?.rows.length ?? 0;
    expect(barsOf(baostockAnswer)).toBe(barsOf(tushareAnswer));
    expect(barsOf(baostockAnswer) + (baostockAnswer?.suspended.length ?? 0)).toBe(days.length);
    expect(baostockAnswer?.suspended.length).toBeGreaterThan(0);
  });

  it('put capped pages together to the same answer', async () => {
    const questions: Question[] = [{ shape: 'symbol', dataset: 'daily_bars', symbol: SYMBOL, ...MONTH }];
    for (const question of questions) {
      const whole = await both(question);
      for (const protocol of ['tushare', 'baostock'] as const) {
        replay.addFault({ match: { protocol }, fault: { kind: 'page_cap', rows: 7 } });
      }
      expect(await both(question)).toEqual(whole);
      replay.clearFaults();
    }
  });
});
