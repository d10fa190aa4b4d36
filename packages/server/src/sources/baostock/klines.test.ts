import { plainDay, symbolOf, type DatasetId } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { createKlineCollector, klineQuery } from './klines.ts';
import type { BaostockPage } from './reply.ts';

const UPSTREAM = { source: 'baostock', host: 'localhost:1' } as const;
const COLUMNS =
  'date,code,open,high,low,close,preclose,volume,amount,adjustflag,turn,tradestatus,pctChg,peTTM,pbMRQ,psTTM,pcfNcfTTM,isST'.split(
    ',',
  );

const QUESTION = {
  shape: 'symbol',
  dataset: 'daily_bars' as DatasetId,
  symbol: symbolOf('600000.SH'),
  from: plainDay('2024-01-02'),
  to: plainDay('2024-01-31'),
} as const;

const DAY =
  '2024-01-02,sh.600000,6.6300,6.6500,6.6000,6.6000,6.6200,22066700,146066303.7200,3,0.075200,1,-0.302100,4.870000,0.320000,1.090000,,0'.split(
    ',',
  );
const SUSPENDED =
  '2024-01-03,sh.600000,6.6000,6.6000,6.6000,6.6000,6.6000,,,3,,0,0.000000,4.870000,0.320000,1.090000,,1'.split(
    ',',
  );
const BARE = '2024-01-04,sh.600000,6.6000,6.6000,6.6000,6.6000,6.6000,0,0.0000,3,,0,0.000000,,,,,'.split(',');

function take(records: readonly (readonly string[])[], columns: readonly string[] = COLUMNS) {
  const collector = createKlineCollector(UPSTREAM, QUESTION);
  const fresh = collector.take({ columns, pageRows: 10_000, records } satisfies BaostockPage);
  return { collector, fresh };
}

describe('days of BaoStock', () => {
  it('are asked for unadjusted, with all fields', () => {
    expect(klineQuery(QUESTION)).toEqual({
      type: '95',
      method: 'query_history_k_data_plus',
      params: ['sh.600000', COLUMNS.join(), '2024-01-02', '2024-01-31', 'd', '3'],
      columnsPart: 8,
    });
  });

  it('give a bar and the indicators of a day', () => {
    const { collector } = take([DAY]);
    expect(collector.bars).toEqual([
      {
        symbol: '600000.SH',
        trade_date: '2024-01-02',
        open: 6.63,
        high: 6.65,
        low: 6.6,
        close: 6.6,
        pre_close: 6.62,
        volume: 22066700,
        amount: 146066303.72,
        pct_chg: -0.3021,
      },
    ]);
    expect(collector.basics).toEqual([
      {
        symbol: '600000.SH',
        trade_date: '2024-01-02',
        turnover_rate: 0.0752,
        pe_ttm: 4.87,
        pb: 0.32,
        ps_ttm: 1.09,
        pcf_ttm: null,
        is_st: false,
      },
    ]);
    expect([collector.suspended, collector.unreadable]).toEqual([[], []]);
  });

  it('name a suspended day, without a bar, and with indicators only where there are some', () => {
    const { collector, fresh } = take([DAY, SUSPENDED, BARE]);
    expect(fresh).toBe(3);
    expect(collector.bars.length).toBe(1);
    expect(collector.basics.map((row) => [row.trade_date, row.is_st, row.turnover_rate])).toEqual([
      ['2024-01-02', false, 0.0752],
      ['2024-01-03', true, null],
    ]);
    expect(collector.suspended).toEqual([
      { symbol: '600000.SH', day: '2024-01-03' },
      { symbol: '600000.SH', day: '2024-01-04' },
    ]);
  });

  it('are found by the names of their columns', () => {
    const { collector } = take([DAY.toReversed()], COLUMNS.toReversed());
    expect(collector.bars[0]).toMatchObject({ open: 6.63, volume: 22066700 });
  });

  it.each([
    [0, '2024-13-02', 'date cannot be read'],
    [2, 'n/a', 'open cannot be read'],
    [7, '', 'volume is empty'],
    [7, '1.5', 'volume cannot be read'],
    [11, '', 'tradestatus cannot be read'],
    [13, 'inf', 'peTTM cannot be read'],
    [17, '2', 'isST cannot be read'],
  ])('are set aside with the reason where column %i is %j', (at, cell, reason) => {
    const { collector } = take([DAY.with(at, cell)]);
    expect([collector.bars, collector.basics, collector.suspended]).toEqual([[], [], []]);
    expect(collector.unreadable.map((entry) => entry.reason)).toEqual([`baostock: ${reason}`]);
  });

  it.each([
    ['another symbol', [DAY.with(1, 'sh.600001')]],
    ['another day', [DAY.with(0, '2024-02-01')]],
    ['adjusted prices', [DAY.with(9, '2')]],
    ['a day twice, with different prices', [DAY, DAY.with(5, '6.6100')]],
  ])('are malformed with %s', (_, records) => {
    expect(() => take(records)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it('are malformed without a column, and count repeated days once', () => {
    expect(() => take([DAY.slice(1)], COLUMNS.slice(1))).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
    expect(take([DAY, DAY, BARE, BARE]).fresh).toBe(2);
  });
});
