import { DATASETS, type Column } from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bigintCell, encodeCopy, instantCell, textCell } from './copyBinary.ts';

const SIGNATURE_BYTES = 19;
const END = -1;

/** The cells of a COPY stream by row, as the bytes between the lengths; null for a null. */
function decode(copy: Buffer): (Buffer | null)[][] {
  const rows: (Buffer | null)[][] = [];
  let at = SIGNATURE_BYTES;
  for (let fields = copy.readInt16BE(at); fields !== END; fields = copy.readInt16BE(at)) {
    at += 2;
    rows.push(
      Array.from({ length: fields }, () => {
        const length = copy.readInt32BE(at);
        at += 4 + Math.max(length, 0);
        return length < 0 ? null : copy.subarray(at - length, at);
      }),
    );
  }
  expect(at + 2).toBe(copy.length);
  return rows;
}

const column = (type: Column['type']): Column => ({ name: 'it', type, unit: '', about: '' });
const only = (type: Column['type'], value: string | number | boolean | null): Buffer | null =>
  decode(encodeCopy([column(type)], [], [{ it: value }]))[0]?.[0] ?? null;

describe('a row as COPY takes it', () => {
  it('begins with the signature and ends with the mark', () => {
    const empty = encodeCopy(DATASETS.daily_bars.columns, [], []);
    expect(empty.toString('latin1')).toBe('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0\xff\xff');
  });

  it('has a null where the value is absent', () => {
    expect(decode(encodeCopy([column('double')], [], [{}, { it: null }]))).toEqual([[null], [null]]);
  });

  it('keeps every bit of a double', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(only('double', value)?.readDoubleBE()).toBe(value);
      }),
    );
  });

  it('keeps every whole number that a double holds exactly', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(only('bigint', value)?.readBigInt64BE()).toBe(BigInt(value));
      }),
    );
  });

  it('keeps texts of any letters and any length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(only('text', text)?.toString('utf8')).toBe(text);
      }),
    );
    const long = '平安银行'.repeat(5000);
    expect(only('text', long)?.toString('utf8')).toBe(long);
  });

  it('counts days from the beginning of 2000', () => {
    expect(only('day', '2000-01-01')?.readInt32BE()).toBe(0);
    expect(only('day', '1990-12-19')?.readInt32BE()).toBe(-3300);
    expect(only('day', '2024-02-29')?.readInt32BE()).toBe(8825);
  });

  it('has one byte for yes and no', () => {
    expect(only('boolean', true)).toEqual(Buffer.from([1]));
    expect(only('boolean', false)).toEqual(Buffer.from([0]));
  });

  it('repeats the constants behind the columns of each row, however large the rows are', () => {
    const constants = [
      textCell('source', '源'),
      bigintCell('run_id', -2),
      instantCell('known_at', 946_684_800_001),
    ];
    const rows = Array.from({ length: 50 }, (_, at) => ({ it: 'x'.repeat(at * 100) }));
    const decoded = decode(encodeCopy([column('text')], constants, rows));
    expect(decoded.map(([text]) => text?.length)).toEqual(rows.map((row) => row.it.length));
    for (const [, source, runId, knownAt] of decoded) {
      expect(source?.toString('utf8')).toBe('源');
      expect(runId?.readBigInt64BE()).toBe(-2n);
      expect(knownAt?.readBigInt64BE()).toBe(1000n);
    }
  });
});
