import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { readSpelling } from './spelling.ts';
import { symbolOf, type Symbol } from './symbol.ts';

const known =
  (...symbols: string[]) =>
  (symbol: Symbol): boolean =>
    symbols.includes(symbol);

describe('a spelling', () => {
  test.each([
    ['600000.SH', '600000.SH', 'stock'],
    [' 600000.sh ', '600000.SH', 'stock'],
    ['sh600000', '600000.SH', 'stock'],
    ['SH600000', '600000.SH', 'stock'],
    ['sh.600000', '600000.SH', 'stock'],
    ['600000', '600000.SH', 'stock'],
    ['1.600000', '600000.SH', 'stock'],
    ['600000.SS', '600000.SH', 'stock'],
    ['600000.XSHG', '600000.SH', 'stock'],
    ['000001.XSHE', '000001.SZ', 'stock'],
    ['６００００0', '600000.SH', 'stock'],
    ['sz000001', '000001.SZ', 'stock'],
    ['sz.300750', '300750.SZ', 'stock'],
    ['300750', '300750.SZ', 'stock'],
    ['0.300750', '300750.SZ', 'stock'],
    ['0.000001', '000001.SZ', 'stock'],
    ['688981', '688981.SH', 'stock'],
    ['920163', '920163.BJ', 'stock'],
    ['0.920163', '920163.BJ', 'stock'],
    ['bj430047', '430047.BJ', 'stock'],
    ['0.830799', '830799.BJ', 'stock'],
    ['sh000001', '000001.SH', 'index'],
    ['1.000300', '000300.SH', 'index'],
    ['0.399001', '399001.SZ', 'index'],
    ['399006', '399006.SZ', 'index'],
    ['899050', '899050.BJ', 'index'],
  ])('%j means %s', (text, symbol, kind) => {
    expect(readSpelling(text)).toEqual({ symbol, kind, passedOver: null });
  });

  test.each([
    ['', 'no_symbol'],
    ['平安银行', 'no_symbol'],
    ['60000.SH', 'no_symbol'],
    ['6000000', 'no_symbol'],
    ['2.600000', 'no_symbol'],
    ['600000.NY', 'no_symbol'],
    ['1', 'lost_zeros'],
    ['300', 'lost_zeros'],
    ['900901', 'b_share'],
    ['sz.200011', 'b_share'],
    ['600000.SZ', 'no_board'],
    ['1.300750', 'no_board'],
    ['510300', 'no_board'],
    ['000001', 'ambiguous'],
    ['000300', 'ambiguous'],
  ])('%j is none: %s', (text, fault) => {
    expect(readSpelling(text)).toMatchObject({ fault });
  });
});

describe('a bare code that a stock and an index share', () => {
  it('means the stock where it is known, and names the index that was passed over', () => {
    const both = { symbol: '000001.SZ', kind: 'stock', passedOver: '000001.SH' };
    expect(readSpelling('000001', known('000001.SZ'))).toEqual(both);
    expect(readSpelling('000001', known('000001.SZ', '000001.SH'))).toEqual(both);
  });

  it('means the index where only that is known', () => {
    const index = { symbol: '000300.SH', kind: 'index', passedOver: null };
    expect(readSpelling('000300', known('000300.SH'))).toEqual(index);
  });

  it('names both where neither is known', () => {
    expect(readSpelling('000001', known())).toEqual({
      fault: 'ambiguous',
      candidates: [
        { symbol: '000001.SH', kind: 'index' },
        { symbol: '000001.SZ', kind: 'stock' },
      ],
    });
  });
});

it('reads every spelling of a stock as the same symbol', () => {
  const codes = fc.oneof(
    fc.integer({ min: 600_000, max: 601_999 }).map((code) => ({ code: String(code), of: 'SH', market: 1 })),
    fc
      .integer({ min: 1, max: 4999 })
      .map((code) => ({ code: String(code).padStart(6, '0'), of: 'SZ', market: 0 })),
    fc.integer({ min: 300_000, max: 303_999 }).map((code) => ({ code: String(code), of: 'SZ', market: 0 })),
    fc.integer({ min: 920_000, max: 920_999 }).map((code) => ({ code: String(code), of: 'BJ', market: 0 })),
  );
  fc.assert(
    fc.property(codes, ({ code, of, market }) => {
      const symbol = symbolOf(`${code}.${of}`);
      const low = of.toLowerCase();
      const spellings = [
        symbol,
        symbol.toLowerCase(),
        of + code,
        low + code,
        `${low}.${code}`,
        `${market}.${code}`,
      ];
      for (const text of [...spellings, code]) {
        expect([text, readSpelling(text, known(symbol))]).toMatchObject([text, { symbol, kind: 'stock' }]);
      }
    }),
  );
});

it('never throws, and gives only symbols', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const read = readSpelling(text);
      if ('symbol' in read) expect(symbolOf(read.symbol)).toBe(read.symbol);
    }),
  );
});
