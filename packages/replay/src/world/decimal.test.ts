import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDecimal, multiply, padDecimals, shiftPoint, subtract } from './decimal.ts';

/** A decimal text without a trailing zero, as the files write them, and its value in units of 10^-6. */
const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: 0, max: 6 }))
  .map(([units, scale]) => shiftPoint(String(units), -scale));

test('moves the point both ways without other digits appearing', () => {
  expect(shiftPoint('51629079', -2)).toBe('516290.79');
  expect(shiftPoint('1158366.45', 2)).toBe('115836645');
  expect(shiftPoint('1075742.25', 3)).toBe('1075742250');
  expect(shiftPoint('5', -3)).toBe('0.005');
  expect(shiftPoint('-0.05', 2)).toBe('-5');
  expect(shiftPoint('0', -2)).toBe('0');
  expect(shiftPoint('1200', -2)).toBe('12');
});

test('moving the point there and back gives the text again', () => {
  fc.assert(
    fc.property(decimal, fc.integer({ min: -8, max: 8 }), (text, places) => {
      expect(shiftPoint(shiftPoint(text, places), -places)).toBe(text);
    }),
  );
});

test('pads decimals and keeps those that are there', () => {
  expect(padDecimals('12', 4)).toBe('12.0000');
  expect(padDecimals('0.8084', 6)).toBe('0.808400');
  expect(padDecimals('1.23456', 4)).toBe('1.23456');
  expect(padDecimals('', 4)).toBe('');
});

test('subtracts exactly where doubles would not', () => {
  expect(subtract('9.21', '9.39')).toBe('-0.18');
  expect(subtract('12.47', '12.37')).toBe('0.1');
  expect(subtract('9', '9.0')).toBe('0');
  expect(subtract('', '9')).toBe('');
});

test('multiplies exactly and rounds only beyond the decimals asked for', () => {
  expect(multiply('6.63', '0.936211', 10)).toBe('6.2070789300');
  expect(multiply('6.6', '0.936211', 10)).toBe('6.1789926000');
  expect(multiply('1.5', '1.5', 1)).toBe('2.3');
  expect(multiply('-1.5', '1.5', 1)).toBe('-2.3');
  expect(multiply('0.04', '0.1', 0)).toBe('0');
});

test('the product agrees with integer arithmetic on values too large for doubles', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.bigInt({ min: 0n, max: 10n ** 12n }), (a, b) => {
      const left = padDecimals(shiftPoint(String(a), -4), 4);
      const right = padDecimals(shiftPoint(String(b), -6), 6);
      expect(multiply(left, right, 10)).toBe(padDecimals(shiftPoint(String(a * b), -10), 10));
    }),
  );
});

test('leaves what is no decimal as it was', () => {
  for (const text of ['', 'abc', '1e5', '.5', '5.', '--1']) {
    expect(isDecimal(text)).toBe(false);
    expect(shiftPoint(text, 2)).toBe(text);
    expect(padDecimals(text, 2)).toBe(text);
    expect(multiply(text, '2', 2)).toBe(text);
  }
});
