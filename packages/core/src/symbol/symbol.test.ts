import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boardOf, EXCHANGES, exchangeOf, parseSymbol, symbolOf } from './symbol.ts';

describe('a symbol', () => {
  test('is read in any case, with blanks around it', () => {
    expect(parseSymbol(' 600000.sh ')).toBe('600000.SH');
  });

  test.each([
    '600000',
    '600000.SS',
    'sh.600000',
    '60000.SH',
    '6000000.SH',
    '600000.SH.',
    '',
    '６０００００.SH',
  ])('is not read from %j', (text) => {
    expect(parseSymbol(text)).toBeUndefined();
    expect(() => symbolOf(text)).toThrow(RangeError);
  });

  test('reads again what it was read as', () => {
    const codes = fc.integer({ min: 0, max: 999_999 }).map((code) => String(code).padStart(6, '0'));
    fc.assert(
      fc.property(codes, fc.constantFrom('SH', 'SZ', 'BJ'), (code, suffix) => {
        const symbol = symbolOf(`${code}.${suffix}`);
        expect(parseSymbol(symbol.toLowerCase())).toBe(symbol);
        expect(EXCHANGES).toContain(exchangeOf(symbol));
      }),
    );
  });

  test('keeps one code apart by exchange', () => {
    expect(exchangeOf(symbolOf('000001.SZ'))).toBe('XSHE');
    expect(exchangeOf(symbolOf('000001.SH'))).toBe('XSHG');
    expect(exchangeOf(symbolOf('920163.BJ'))).toBe('XBSE');
  });
});

describe('the board of a symbol', () => {
  test.each([
    ['600000.SH', 'main'],
    ['601988.SH', 'main'],
    ['603195.SH', 'main'],
    ['605117.SH', 'main'],
    ['688981.SH', 'star'],
    ['689009.SH', 'star'],
    ['000001.SZ', 'main'],
    ['001289.SZ', 'main'],
    ['002594.SZ', 'main'],
    ['003816.SZ', 'main'],
    ['300750.SZ', 'chinext'],
    ['301269.SZ', 'chinext'],
    ['302132.SZ', 'chinext'],
    ['920163.BJ', 'bse'],
    ['838163.BJ', 'bse'],
    ['430047.BJ', 'bse'],
  ] as const)('%s is %s', (symbol, board) => expect(boardOf(symbolOf(symbol))).toBe(board));

  test.each(['900901.SH', '200011.SZ', '000001.SH', '399001.SZ', '510300.SH', '159915.SZ', '159001.BJ'])(
    '%s is no A share',
    (symbol) => expect(boardOf(symbolOf(symbol))).toBeUndefined(),
  );
});
