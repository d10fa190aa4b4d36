import { plainDay, shanghaiInstant, symbolOf } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { createSeriesCollector, seriesColumns, seriesQuery, type SeriesId } from './barSeries.ts';

const UPSTREAM = { source: 'baostock', host: 'localhost:1' } as const;
const DAY = plainDay('2024-01-02');

const questionOf = (dataset: SeriesId, symbol = '600000.SH') =>
  ({
    shape: 'symbol',
    dataset,
    symbol: symbolOf(symbol),
    from: DAY,
    to: plainDay('2024-01-31'),
  }) as const;

const fieldsOf = (dataset: SeriesId) => seriesQuery(dataset, questionOf(dataset)).params[1]!.split(',');

function collect(
  dataset: SeriesId,
  records: readonly string[][],
  symbol = '600000.SH',
  columns = fieldsOf(dataset),
) {
  const collector = createSeriesCollector(UPSTREAM, dataset, questionOf(dataset, symbol));
  const fresh = collector.take({ columns, pageRows: 10_000, records });
  return { rows: collector.rows, unreadable: collector.unreadable.map(({ reason }) => reason), fresh };
}

const INDEX =
  '2024-01-02,sh.000001,2972.7817,2976.2688,2962.2757,2962.2757,2974.9348,30142207700,346034000000.0000,-0.425500'.split(
    ',',
  );
const FIVE = '2024-01-02,20240102093500000,sh.600000,6.6300,6.6500,6.6000,6.6100,867800,5752094.0000,3'.split(
  ',',
);
const WEEK = '2024-01-05,sh.600000,6.6300,6.6900,6.5600,6.6200,99066700,656066303.7200,0.000000,3'.split(',');

describe('series of BaoStock', () => {
  it('are asked for by the length of their bars, unadjusted', () => {
    expect(seriesQuery('index_bars', questionOf('index_bars', '000001.SH')).params).toEqual([
      'sh.000001',
      'date,code,open,high,low,close,preclose,volume,amount,pctChg',
      '2024-01-02',
      '2024-01-31',
      'd',
      '3',
    ]);
    expect(seriesQuery('minute_bars', questionOf('minute_bars')).params.slice(1)).toEqual([
      'date,time,code,open,high,low,close,volume,amount,adjustflag',
      '2024-01-02',
      '2024-01-31',
      '5',
      '3',
    ]);
    expect(seriesQuery('weekly_bars', questionOf('weekly_bars')).params[4]).toBe('w');
    expect(seriesQuery('monthly_bars', questionOf('monthly_bars')).params[4]).toBe('m');
    expect(seriesColumns('weekly_bars')).not.toContain('pre_close');
  });

  it('give days of an index, also without volume', () => {
    const row = {
      symbol: '000001.SH',
      trade_date: '2024-01-02',
      open: 2972.7817,
      high: 2976.2688,
      low: 2962.2757,
      close: 2962.2757,
      pre_close: 2974.9348,
      volume: 30142207700,
      amount: 346034000000,
      pct_chg: -0.4255,
    };
    expect(collect('index_bars', [INDEX], '000001.SH').rows).toEqual([row]);
    const bare = INDEX.with(7, '').with(8, '');
    expect(collect('index_bars', [bare], '000001.SH').rows).toEqual([{ ...row, volume: null, amount: null }]);
  });

  it('give five minutes with the instant of their end', () => {
    const { rows, fresh } = collect('minute_bars', [FIVE, FIVE.with(1, '20240102150000000'), FIVE]);
    expect(fresh).toBe(2);
    expect(rows[0]).toEqual({
      symbol: '600000.SH',
      trade_date: '2024-01-02',
      bar_time: shanghaiInstant(DAY, 9 * 60 + 35),
      open: 6.63,
      high: 6.65,
      low: 6.6,
      close: 6.61,
      volume: 867800,
      amount: 5752094,
    });
    expect(rows[1]?.bar_time).toBe(shanghaiInstant(DAY, 15 * 60));
  });

  it('keep five minutes without trade, and leave out weeks without', () => {
    expect(collect('minute_bars', [FIVE.with(7, '0').with(8, '0.0000')]).rows.length).toBe(1);
    for (const volume of ['', '0', '0.0000']) {
      const { rows, unreadable, fresh } = collect('weekly_bars', [
        WEEK.with(6, volume),
        WEEK.with(6, volume),
      ]);
      expect([rows, unreadable, fresh]).toEqual([[], [], 1]);
    }
    expect(collect('monthly_bars', [WEEK]).rows[0]).toEqual({
      symbol: '600000.SH',
      trade_date: '2024-01-05',
      open: 6.63,
      high: 6.69,
      low: 6.56,
      close: 6.62,
      volume: 99066700,
      amount: 656066303.72,
      pct_chg: 0,
    });
  });

  it.each([
    [0, '2024-13-02', 'date cannot be read'],
    [1, '20240103093500000', 'time is none of its date'],
    [1, '20240102243500000', 'time is none of its date'],
    [1, '2024-01-02 09:35', 'time is none of its date'],
    [1, '', 'time is none of its date'],
    [3, 'n/a', 'open cannot be read'],
    [7, '', 'volume is empty'],
    [8, '1e5', 'amount cannot be read'],
  ])('are set aside with the reason where column %i of five minutes is %j', (at, cell, reason) => {
    const { rows, unreadable } = collect('minute_bars', [FIVE.with(at, cell)]);
    expect([rows, unreadable]).toEqual([[], [`baostock: ${reason}`]]);
  });

  it.each([
    ['another symbol', [FIVE.with(2, 'sh.600001')]],
    ['another day', [FIVE.with(0, '2024-02-01').with(1, '20240201093500000')]],
    ['adjusted prices', [FIVE.with(9, '2')]],
    ['a bar twice, with different prices', [FIVE, FIVE.with(6, '6.6200')]],
  ])('are malformed with %s', (_, records) => {
    expect(() => collect('minute_bars', records)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it('are malformed without a column', () => {
    const columns = fieldsOf('minute_bars').with(9, 'flag');
    expect(() => collect('minute_bars', [FIVE], '600000.SH', columns)).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });
});
