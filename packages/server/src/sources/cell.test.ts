import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDay, readFlag, readInteger, readNumber, readText, scaledBy } from './cell.ts';

describe('reading of cells', () => {
  it('reads numbers and plain decimal texts', () => {
    expect([0, 8.75, '8.7500', '-0.302100', '22066700'].map(readNumber)).toEqual([
      0, 8.75, 8.75, -0.3021, 22066700,
    ]);
  });

  it('takes null and an empty text for no value', () => {
    for (const read of [readNumber, readInteger, readText, readDay, readFlag, scaledBy(100, 0)]) {
      expect([read(null), read('')]).toEqual([null, null]);
    }
  });

  it('refuses as a number whatever Number() would have made one of, or a NaN', () => {
    const cells = [
      'abc',
      'NaN',
      'Infinity',
      '0x10',
      '1e3',
      ' 1',
      '1 ',
      '1,000',
      '+1',
      '.5',
      '5.',
      '--',
      true,
      {},
      [],
      [1],
      undefined,
    ];
    expect(cells.map(readNumber)).toEqual(cells.map(() => undefined));
    expect([NaN, Infinity, -Infinity].map(readNumber)).toEqual([undefined, undefined, undefined]);
  });

  it('refuses whole numbers with a fraction or beyond exact ones', () => {
    expect([1.5, '1.5', 2 ** 53, '9007199254740993'].map(readInteger)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(['51629079', '100.0', 7].map(readInteger)).toEqual([51629079, 100, 7]);
  });

  it('keeps a text as it is, full-width letters included, unless a database cannot hold it', () => {
    expect(readText('深桑达Ａ')).toBe('深桑达Ａ');
    expect(['a\0b', '\ud800', 5, {}].map(readText)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('reads days in both spellings and refuses impossible ones', () => {
    expect(['20240102', '2024-01-02'].map(readDay)).toEqual(['2024-01-02', '2024-01-02']);
    expect(['20240230', '2024/01/02', '0', 20240102].map(readDay)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('reads flags as numbers and texts', () => {
    expect([1, '1', 0, '0', 2, 'true'].map(readFlag)).toEqual([
      true,
      true,
      false,
      false,
      undefined,
      undefined,
    ]);
  });
});

describe('scaling of units', () => {
  it('equals the decimal product exactly', () => {
    const units = [
      { read: scaledBy(100, 0), factor: 100n, places: 2 },
      { read: scaledBy(1000, 3), factor: 1000n, places: 6 },
      { read: scaledBy(10_000, 2), factor: 10_000n, places: 6 },
    ];
    const digits = fc.bigInt({ min: 0n, max: 10n ** 14n });
    fc.assert(
      fc.property(
        digits,
        fc.nat(6),
        fc.constantFrom(...units),
        (whole, places, { read, factor, places: most }) => {
          const decimals = Math.min(places, most);
          const scale = 10n ** BigInt(decimals);
          const text = `${whole / scale}${decimals > 0 ? `.${String(whole % scale).padStart(decimals, '0')}` : ''}`;
          const product = whole * factor;
          const exact = `${product / scale}.${String(product % scale).padStart(decimals, '0')}`;
          fc.pre(Number(exact) < 1e11);
          expect(read(text)).toBe(Number(exact));
          expect(read(Number(text))).toBe(Number(exact));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('keeps odd lots and gives no negative zero', () => {
    expect(scaledBy(100, 0)(525152.77)).toBe(52515277);
    expect(scaledBy(1000, 3)(460697.377)).toBe(460697377);
    expect(Object.is(scaledBy(100, 0)(-0.001), 0)).toBe(true);
  });

  it('refuses what no double holds exactly', () => {
    expect(scaledBy(10_000, 2)(1e15)).toBeUndefined();
  });
});
