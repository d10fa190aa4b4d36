import { plainDay } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { createTradeDatesCollector, tradeDatesQuery } from './tradeDates.ts';

const UPSTREAM = { source: 'baostock', host: 'localhost:1' } as const;
const FROM = plainDay('2024-02-18');
const TO = plainDay('2024-02-20');

function collect(records: readonly string[][]) {
  const collector = createTradeDatesCollector(UPSTREAM, FROM, TO);
  const fresh = collector.take({ columns: ['calendar_date', 'is_trading_day'], pageRows: 10_000, records });
  return { collector, fresh };
}

describe('trade dates of BaoStock', () => {
  it('are asked for from before the first day, to know the trading day before it', () => {
    expect(tradeDatesQuery(FROM, TO).params).toEqual(['2024-01-09', '2024-02-20']);
  });

  it('are given for each exchange, with the trading day before, over a holiday', () => {
    const { collector } = collect([
      ['2024-02-08', '1'],
      ...['09', '10', '11', '12', '13', '14', '15', '16', '17', '18'].map((day) => [`2024-02-${day}`, '0']),
      ['2024-02-19', '1'],
      ['2024-02-20', '1'],
    ]);
    const days = [
      { cal_date: '2024-02-18', is_open: false, prev_trade_date: '2024-02-08' },
      { cal_date: '2024-02-19', is_open: true, prev_trade_date: '2024-02-08' },
      { cal_date: '2024-02-20', is_open: true, prev_trade_date: '2024-02-19' },
    ];
    expect(collector.rows()).toEqual(
      ['XSHG', 'XSHE', 'XBSE'].flatMap((exchange) => days.map((day) => ({ exchange, ...day }))),
    );
  });

  it('count a day that comes again once, and set aside one that cannot be read', () => {
    const { collector, fresh } = collect([
      ['2024-02-19', '1'],
      ['2024-02-19', '1'],
      ['2024-02-20', 'x'],
    ]);
    expect([fresh, collector.unreadable.length]).toEqual([1, 1]);
  });

  it.each([
    [
      'a day that is open and closed',
      [
        ['2024-02-19', '1'],
        ['2024-02-19', '0'],
      ],
    ],
    ['a day after the last', [['2024-02-21', '1']]],
    ['a day long before the first', [['2023-02-20', '1']]],
  ])('are malformed with %s', (_, records) => {
    expect(() => collect(records)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });
});
