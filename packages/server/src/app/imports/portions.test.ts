import { plainDay, type Row } from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutPortions, filledPortions } from './portions.ts';
import type { SymbolRows } from './scanFile.ts';

const day = plainDay('2024-01-04');

/** What a scan says of rows that only have a symbol. */
function scanned(rows: readonly Row[]): readonly SymbolRows[] {
  const counts = Map.groupBy(rows, (row) => String(row['symbol']));
  return [...counts].map(([symbol, own]) => ({ symbol, rows: own.length, from: day, to: day }));
}

async function readAll(rows: readonly Row[], aim: number, mostHeld: number) {
  let readings = 0;
  const filled: Row[][] = [];
  const open = async function* () {
    readings += 1;
    yield* rows;
  };
  for await (const one of filledPortions(cutPortions(scanned(rows), aim), open, mostHeld))
    filled.push(one.rows);
  return { readings, filled };
}

const rowsOf = (symbols: readonly string[]): readonly Row[] => symbols.map((symbol, no) => ({ symbol, no }));

describe('portions of a file', () => {
  it('have every row once and whole symbols, whatever the order of the file', async () => {
    const files = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        files,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 30 }),
        async (symbols, aim, held) => {
          const rows = rowsOf(symbols);
          const { filled } = await readAll(rows, aim, held);
          expect(filled.flat().toSorted((a, b) => Number(a['no']) - Number(b['no']))).toEqual(rows);
          const places = filled.flatMap((one, at) => [
            ...new Set(one.map((row) => `${String(row['symbol'])} ${at}`)),
          ]);
          expect(new Set(places.map((place) => place[0])).size).toBe(places.length);
        },
      ),
    );
  });

  it('of a file in the order of its symbols are read in one go, however little may be held', async () => {
    const rows = rowsOf(['a', 'a', 'a', 'b', 'b', 'c', 'd', 'd', 'd', 'd']);
    expect(await readAll(rows, 2, 1)).toMatchObject({
      readings: 1,
      filled: [{ length: 3 }, { length: 2 }, { length: 1 }, { length: 4 }],
    });
  });

  it('of another file are read as often as their rows do not fit', async () => {
    const rows = rowsOf(['a', 'b', 'c', 'a', 'b', 'c']);
    expect((await readAll(rows, 2, 6)).readings).toBe(1);
    expect((await readAll(rows, 2, 4)).readings).toBe(2);
    expect((await readAll(rows, 2, 2)).readings).toBe(3);
  });
});
