import { describe, expect, it } from 'vitest';
import { plainDay } from '../day.ts';
import { symbolOf } from '../symbol/symbol.ts';
import type { ImportHints } from './importWish.ts';
import { readHeader } from './readHeader.ts';
import { readLine } from './readLine.ts';

const BARS: ImportHints = { dataset: 'daily_bars' };
const PLAIN = 'date,code,open,high,low,close,pre_close,volume,amount';

function read(head: string, line: string, hints: ImportHints = BARS) {
  return readLine(line.split(','), {
    layout: readHeader(head.split(','), hints),
    symbol: hints.symbol,
    isKnown: (symbol) => symbol === '000001.SZ',
    today: plainDay('2024-01-31'),
  });
}

describe('the head of a file', () => {
  it.each([
    [
      'tushare',
      'ts_code,trade_date,open,high,low,close,pre_close,change,pct_chg,vol,amount',
      'lots',
      'thousand',
    ],
    ['baostock', 'date,code,open,high,low,close,preclose,volume,amount,adjustflag,pctChg', 'shares', 'cny'],
    ['akshare', '日期,股票代码,开盘,收盘,最高,最低,成交量,成交额,振幅,涨跌幅,涨跌额,换手率', 'lots', 'cny'],
    ['tapekeeper', 'symbol,trade_date,open,high,low,close,pre_close,volume,amount,pct_chg', 'shares', 'cny'],
    [
      'other',
      '交易日期,证券代码,开盘价,最高价,最低价,收盘价,前收盘价,成交量（手）,成交额(千元)',
      'lots',
      'thousand',
    ],
  ])('of %s tells its units', (format, head, volume, amount) => {
    const layout = readHeader(head.split(','), BARS);
    expect(layout).toMatchObject({ format, units: { volume, amount } });
    expect(layout.columns).toContain('pre_close');
  });

  it('is refused where it says one unit and a person another, or names one that nobody knows', () => {
    const head = PLAIN.replace('volume', 'volume(lots)');
    expect(() => readHeader(head.split(','), { ...BARS, volume: 'shares', amount: 'cny' })).toThrow(
      /shares was asked for/,
    );
    expect(() =>
      readHeader(PLAIN.replace('amount', '成交额(亿元)').split(','), { ...BARS, volume: 'lots' }),
    ).toThrow(/亿元/);
  });

  it('is refused where sizes may be in ten thousands, and it does not tell', () => {
    const head = ['code', 'date', 'total_mv'];
    expect(() => readHeader(head, { dataset: 'daily_basics' })).toThrow(/ten thousands/);
    const known = readHeader(['ts_code', 'trade_date', 'turnover_rate_f', 'total_mv'], {
      dataset: 'daily_basics',
    });
    expect(known.figures.map(({ factor }) => factor)).toEqual([1, 10_000]);
  });

  it('is refused where it names symbols and a person does, too', () => {
    const hints = { ...BARS, volume: 'lots', amount: 'cny', symbol: symbolOf('600000.SH') } as const;
    expect(() => readHeader(PLAIN.split(','), hints)).toThrow(/column of symbols/);
  });
});

describe('a line of a file', () => {
  const hints: ImportHints = { ...BARS, volume: 'lots', amount: 'thousand' };

  it.each([
    ['2024-01-04', 'sh.600000', '600000.SH', '2024-01-04'],
    ['20240104', '000001', '000001.SZ', '2024-01-04'],
    ['2024/1/4 00:00:00', 'SZ000001', '000001.SZ', '2024-01-04'],
    ['2024-01-04T00:00:00', '600000.XSHG', '600000.SH', '2024-01-04'],
  ])('of %s and %s is read', (date, code, symbol, day) => {
    expect(read(PLAIN, `${date},${code},10,11,9,10.5,10,"0",1.5`.replace('"0"', '34.56'), hints)).toEqual({
      kind: 'row',
      symbol,
      day,
      row: {
        symbol,
        trade_date: day,
        open: 10,
        high: 11,
        low: 9,
        close: 10.5,
        pre_close: 10,
        volume: 3456,
        amount: 1500,
      },
    });
  });

  it.each([
    ['2024-02-30,600000,1,1,1,1,1,1,1', 'is no day'],
    ['2024-02-01,600000,1,1,1,1,1,1,1', 'has not come yet'],
    ['2024-01-04,1,1,1,1,1,1,1,1', 'has lost zeros'],
    ['2024-01-04,900901,1,1,1,1,1,1,1', 'is a B share'],
    ['2024-01-04,000300,1,1,1,1,1,1,1', 'may be several'],
    ['2024-01-04,399001,1,1,1,1,1,1,1', 'is an index'],
    ['2024-01-04,600000,1,1,1,1,1,0x10,1', 'is no number'],
    ['2024-01-04,600000,1,1,1,1,1,1', '8 cells instead of 9'],
  ])('%s is unreadable', (line, reason) => {
    expect(read(PLAIN, line, hints)).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringContaining(reason),
    });
  });

  it('has nothing where a cell says so in one of the usual ways', () => {
    for (const nothing of ['', '-', 'NaN', 'None', 'null']) {
      const line = read(`${PLAIN},pct_chg`, `2024-01-04,600000,1,1,1,1,1,1,1,${nothing}`, hints);
      expect(line).toMatchObject({ kind: 'row', row: { pct_chg: null } });
    }
  });

  it('has the close before as close less change where that is what the file has', () => {
    const head = '日期,开盘,收盘,最高,最低,成交量,成交额,振幅,涨跌幅,涨跌额,换手率';
    const own = { ...BARS, symbol: symbolOf('600000.SH') };
    expect(read(head, '2024-01-04,10.1,10.3,10.4,10,12,12345.6,1,0.98,0.1,2', own)).toMatchObject({
      row: { pre_close: 10.2, pct_chg: 0.98, volume: 1200, amount: 12_345.6 },
    });
  });
});
