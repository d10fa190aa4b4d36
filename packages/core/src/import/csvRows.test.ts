import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvText } from '../csvText.ts';
import { CsvRows } from './csvRows.ts';

const rowsOf = (...pieces: readonly string[]): string[][] => {
  const csv = new CsvRows();
  return [...pieces.flatMap((piece) => csv.push(piece)), ...csv.end()];
};

describe('rows of CSV', () => {
  it.each([
    [
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a\tb\n1\t2,3\n',
      [
        ['a', 'b'],
        ['1', '2,3'],
      ],
    ],
    [
      'a;b\n\n \n1;2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\n"1,\n2","say ""so"""\n',
      [
        ['a', 'b'],
        ['1,\n2', 'say "so"'],
      ],
    ],
    [
      'a,b\n,\n',
      [
        ['a', 'b'],
        ['', ''],
      ],
    ],
    ['', []],
  ])('are read of %j', (text, rows) => {
    expect(rowsOf(text)).toEqual(rows);
  });

  it('come back as they were written, wherever the text is cut', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '1', '股', ' ') });
    const table = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(table, fc.array(fc.nat(200), { maxLength: 6 }), (cells, cuts) => {
        const rows = cells.map(([one, other]) => [`x${one}`, `x${other}`]);
        const text = [['x', 'y'], ...rows].map((row) => row.map(csvText).join(',')).join('\n');
        const places = [
          0,
          ...cuts.map((cut) => Math.min(cut, text.length)).toSorted((a, b) => a - b),
          text.length,
        ];
        const pieces = places.slice(1).map((end, at) => text.slice(places[at], end));
        expect(rowsOf(...pieces)).toEqual([['x', 'y'], ...rows]);
      }),
    );
  });

  it('end with an error where a quote is never closed, or a line has no end', () => {
    expect(() => rowsOf('a,b\n"1,2\n')).toThrow(/quote/);
    expect(() => new CsvRows().push('x'.repeat(70_000))).toThrow(/too long/);
  });
});
