import { plainDay, symbolOf } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { adjustFactorQuery, createAdjustFactorCollector } from './adjustFactors.ts';

const UPSTREAM = { source: 'baostock', host: 'localhost:1' } as const;
const SYMBOL = symbolOf('600000.SH');
const COLUMNS = ['code', 'dividOperateDate', 'foreAdjustFactor', 'backAdjustFactor', 'adjustFactor'];
const DAYS = ['2024-07-17', '2024-07-18', '2024-07-19', '2024-07-22'].map(plainDay);

const change = (day: string, factor: string) => ['sh.600000', day, '1', factor, factor];

function factors(records: readonly string[][]) {
  const collector = createAdjustFactorCollector(UPSTREAM, SYMBOL);
  collector.take({ columns: COLUMNS, pageRows: 10_000, records });
  return {
    rows: collector.rows(DAYS).map((row) => [row.trade_date, row.adj_factor]),
    unreadable: collector.unreadable,
  };
}

describe('factors of BaoStock', () => {
  it('are asked for since before any listing', () => {
    expect(adjustFactorQuery(SYMBOL, plainDay('2024-07-22')).params).toEqual([
      'sh.600000',
      '1990-01-01',
      '2024-07-22',
    ]);
  });

  it('hold from their day until the next change, and are 1 before the first', () => {
    expect(factors([change('2024-07-22', '12.5'), change('2024-07-18', '11.949786')]).rows).toEqual([
      ['2024-07-17', 1],
      ['2024-07-18', 11.949786],
      ['2024-07-19', 11.949786],
      ['2024-07-22', 12.5],
    ]);
    expect(factors([]).rows.map(([, factor]) => factor)).toEqual([1, 1, 1, 1]);
  });

  it('take the last of several changes before the first day, also one on a day off', () => {
    expect(factors([change('2001-01-02', '2'), change('2024-07-14', '3')]).rows[0]).toEqual([
      '2024-07-17',
      3,
    ]);
  });

  it('are unknown after a change that cannot be read, until the next one', () => {
    const { rows, unreadable } = factors([change('2024-07-18', 'n/a'), change('2024-07-22', '2')]);
    expect(rows).toEqual([
      ['2024-07-17', 1],
      ['2024-07-22', 2],
    ]);
    expect(unreadable.length).toBe(1);
    expect(factors([change('soon', '2')]).rows).toEqual([]);
  });

  it('are malformed for another symbol or with two for a day', () => {
    const malformed = expect.objectContaining({ code: 'malformed' });
    expect(() => factors([change('2024-07-18', '1.5').with(0, 'sh.600001')])).toThrow(malformed);
    expect(() => factors([change('2024-07-18', '1.5'), change('2024-07-18', '1.6')])).toThrow(malformed);
  });
});
