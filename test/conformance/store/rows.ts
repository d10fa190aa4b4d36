import { addDays, DATASETS, plainDay, type Column, type DatasetId, type Row } from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RowWrite, RowsWritten } from '../../../packages/server/src/ports/runStore.ts';
import { sql, type Database, type Transaction } from '../../../packages/server/src/store/connection.ts';
import { writeRows } from '../../../packages/server/src/store/marketRows.ts';
import { rowOf } from '../../support/smallMarket.ts';
import { commitOnce, type Stand } from './stand.ts';

const DAY = plainDay('2024-01-04');
const bar = (more: Row = {}): Row => ({ ...rowOf('daily_bars', '600001.SH', DAY), ...more });
const write = (rows: readonly Row[], rest: Partial<RowWrite> = {}): RowWrite => ({
  dataset: 'daily_bars',
  source: 'tushare',
  columns: Object.keys(rows[0] ?? {}),
  mode: 'replace',
  rows,
  ...rest,
});

interface Stored {
  readonly xmin: string;
  readonly close: number;
  readonly pct_chg: number | null;
  readonly source: string;
  readonly run_id: number;
  readonly known_at: number;
}

async function storedBar(db: Database): Promise<Stored> {
  return db.one(sql`SELECT xmin::text, close, pct_chg, source, run_id, known_at FROM market.daily_bars`);
}

/** How rows meet those that stand already. */
export function describeRows(stand: Stand): void {
  describe('rows', () => {
    it('that are as they were stay untouched, down to the row version', async () => {
      const { store, db } = stand();
      await commitOnce(store, { writes: [write([bar()])] });
      const before = await storedBar(db);
      expect(await commitOnce(store, { writes: [write([bar()], { source: 'baostock' })] })).toMatchObject({
        inserted: 0,
        updated: 0,
        unchanged: 1,
      });
      expect(await storedBar(db)).toEqual(before);
      expect(await db.rows(sql`SELECT 1 FROM tapekeeper.revision`)).toEqual([]);
    });

    it('that correct others leave what was there, with when it was believed', async () => {
      const { store, db } = stand();
      const first = await commitOnce(store, { writes: [write([bar()])] });
      const before = await storedBar(db);
      const second = await commitOnce(store, {
        writes: [write([bar({ close: 12.5, high: 13 })], { source: 'baostock' })],
      });
      expect(second).toMatchObject({ inserted: 0, updated: 1, unchanged: 0 });
      const after = await storedBar(db);
      expect(after).toMatchObject({ close: 12.5, source: 'baostock', run_id: second.runId });
      expect(
        await db.rows(
          sql`SELECT symbol, day, was, source, run_id, known_from, known_until, replaced_by_run FROM tapekeeper.revision`,
        ),
      ).toEqual([
        {
          symbol: '600001.SH',
          day: DAY,
          was: expect.objectContaining({ close: before.close, source: 'tushare' }),
          source: 'tushare',
          run_id: first.runId,
          known_from: before.known_at,
          known_until: after.known_at,
          replaced_by_run: second.runId,
        },
      ]);
    });

    it('of a source that has fewer columns leave the others as they were', async () => {
      const { store, db } = stand();
      await commitOnce(store, { writes: [write([bar({ pct_chg: 1.5 })])] });
      const { pct_chg: _, ...partial } = bar({ close: 11, high: 30 });
      await commitOnce(store, { writes: [write([partial])] });
      expect(await storedBar(db)).toMatchObject({ close: 11, pct_chg: 1.5 });
      await commitOnce(store, { writes: [write([bar({ close: 11, high: 30, pct_chg: null })])] });
      expect(await storedBar(db)).toMatchObject({ close: 11, pct_chg: null });
    });

    it('that only fill set what is empty, change nothing else and leave no revision', async () => {
      const { store, db } = stand();
      await commitOnce(store, { writes: [write([bar({ pct_chg: null })])] });
      const before = await storedBar(db);
      const filling = write([bar({ close: 99, high: 100, pct_chg: 2 })], {
        source: 'baostock',
        mode: 'fill',
      });
      expect(await commitOnce(store, { writes: [filling] })).toMatchObject({
        inserted: 0,
        updated: 1,
        unchanged: 0,
      });
      const after = await storedBar(db);
      expect(after).toEqual({ ...before, pct_chg: 2, xmin: after.xmin });
      expect(await commitOnce(store, { writes: [filling] })).toMatchObject({ updated: 0, unchanged: 1 });
      expect((await storedBar(db)).xmin).toBe(after.xmin);
      expect(await db.rows(sql`SELECT 1 FROM tapekeeper.revision`)).toEqual([]);
    });

    it('that only fill are new rows where there is none', async () => {
      const { store, db } = stand();
      expect(await commitOnce(store, { writes: [write([bar()], { mode: 'fill' })] })).toMatchObject({
        inserted: 1,
      });
      expect(await storedBar(db)).toMatchObject({ source: 'tushare' });
    });

    it('of a list are kept in their revisions under the day of the change', async () => {
      const { store, db } = stand();
      const stock = { symbol: '600001.SH', name: '旧名', exchange: 'XSHG', list_status: 'L' };
      await commitOnce(store, { writes: [write([stock], { dataset: 'stock_basics' })] });
      await commitOnce(store, { writes: [write([{ ...stock, name: '新名' }], { dataset: 'stock_basics' })] });
      const [kept] = await db.rows<{ was: { name: string }; onDay: boolean }>(sql`
        SELECT was, day = (known_until AT TIME ZONE 'Asia/Shanghai')::date AS "onDay" FROM tapekeeper.revision`);
      expect(kept).toMatchObject({ was: { name: '旧名' }, onDay: true });
    });

    it('are the same whether they are copied straight in or merged, whatever stood there', async () => {
      const cells = fc.uniqueArray(fc.nat(359), { minLength: 1, maxLength: 360, size: 'max' });
      const input = fc.record({
        stand: cells,
        come: cells,
        salt: fc.nat(3),
        mode: fc.constantFrom('replace' as const, 'fill' as const),
      });
      let straight = 0;
      await fc.assert(
        fc.asyncProperty(input, async ({ stand: before, come, salt, mode }) => {
          const { db } = stand();
          const standing = write(before.map((cell) => manyBars(cell, 0)));
          const coming = come.map((cell) => manyBars(cell, salt));
          const whole = await inVain(db, standing, [write(coming, { mode, source: 'baostock' })]);
          const halves = Array.from({ length: Math.ceil(coming.length / 90) }, (_, at) =>
            coming.slice(at * 90, at * 90 + 90),
          );
          const parts = await inVain(
            db,
            standing,
            halves.map((rows) => write(rows, { mode, source: 'baostock' })),
          );
          expect(parts).toEqual(whole);
          if (whole.written.inserted === coming.length && coming.length >= 200) straight++;
        }),
        {
          numRuns: 20,
          examples: [
            [{ stand: [359], come: cellsFrom(0, 300), salt: 1, mode: 'replace' }],
            [{ stand: [1], come: cellsFrom(0, 300), salt: 1, mode: 'fill' }],
          ],
        },
      );
      expect(straight).toBeGreaterThan(0);
    });

    it.each(['daily_bars', 'daily_basics', 'stock_basics', 'trade_calendar'] as const)(
      'of %s are read as they were written',
      async (dataset) => {
        await fc.assert(
          fc.asyncProperty(
            fc.uniqueArray(anyRow(dataset), {
              minLength: 1,
              maxLength: 40,
              selector: (row) => keyOf(dataset, row),
            }),
            async (rows) => {
              const columns = DATASETS[dataset].columns.map((column) => column.name);
              const { read } = await inVain(stand().db, undefined, [write(rows, { dataset, columns })]);
              const order = (all: readonly Row[]) =>
                all.toSorted((a, b) => (keyOf(dataset, a) < keyOf(dataset, b) ? -1 : 1));
              expect(order(read.map((row) => pick(row, columns)))).toEqual(order(rows));
            },
          ),
          { numRuns: 25 },
        );
      },
    );
  });
}

const cellsFrom = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, at) => from + at);

/** One of 360 bars, 12 symbols on 30 days; the salt changes some of them. */
function manyBars(cell: number, salt: number): Row {
  const day = addDays(plainDay('2023-12-20'), Math.floor(cell / 12));
  const changed = salt > 0 && cell % (salt + 1) === 0;
  const row = rowOf('daily_bars', `6000${String(cell % 12).padStart(2, '0')}.SH`, day);
  return { ...row, close: changed ? 5 : 6, pct_chg: cell % 5 === 0 ? null : salt };
}

/** Writes in a transaction that is taken back, and tells what came of it; ids of rows and moments are left out. */
async function inVain(
  db: Database,
  standing: RowWrite | undefined,
  writes: readonly RowWrite[],
): Promise<{
  readonly written: RowsWritten;
  readonly read: readonly Row[];
  readonly revisions: readonly unknown[];
}> {
  let result: Awaited<ReturnType<typeof inVain>> | undefined;
  const { dataset } = writes[0] as RowWrite;
  const work = async (tx: Transaction): Promise<void> => {
    if (standing) await writeRows(tx, standing, { runId: 1, knownAt: 1_000 });
    const written = { inserted: 0, updated: 0, unchanged: 0 };
    for (const one of writes) {
      const more = await writeRows(tx, one, { runId: 2, knownAt: 2_000 });
      written.inserted += more.inserted;
      written.updated += more.updated;
      written.unchanged += more.unchanged;
    }
    const key = sql.join(DATASETS[dataset].key.map((name) => sql.ref(name)));
    const read = await tx.rows<Row>(sql`SELECT * FROM ${sql.table(`market.${dataset}`)} ORDER BY ${key}`);
    const revisions = await tx.rows(sql`
      SELECT symbol, day, was, source, run_id, known_from, known_until, replaced_by_run FROM tapekeeper.revision ORDER BY symbol, day`);
    result = { written, read, revisions };
    throw new Undone();
  };
  await expect(db.transaction(work)).rejects.toBeInstanceOf(Undone);
  if (result === undefined) throw new Error('nothing was read');
  return result;
}

class Undone extends Error {}

function pick(row: Row, columns: readonly string[]): Row {
  return Object.fromEntries(columns.map((name) => [name, row[name] as Row[string]]));
}

function keyOf(dataset: DatasetId, row: Row): string {
  return DATASETS[dataset].key.map((name) => String(row[name])).join(' ');
}

/** Rows of a data set with any values that its columns can hold; partitioned tables only have some years. */
function anyRow(dataset: DatasetId): fc.Arbitrary<Row> {
  const { columns, kind, cells: grid } = DATASETS[dataset];
  const years =
    kind === 'grid' || grid !== null
      ? { from: plainDay('1990-01-01'), days: 13_800 }
      : { from: plainDay('1900-01-01'), days: 80_000 };
  const day = fc.integer({ min: 0, max: years.days - 1 }).map((offset) => addDays(years.from, offset));
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('中', '股', '票', 'Ａ', '𠮷', 'é', 'a'), maxLength: 60 }),
  );
  const values: Readonly<Record<Column['type'], fc.Arbitrary<string | number | boolean>>> = {
    text: text.map((letters) => letters.replaceAll('\0', '')),
    day,
    double: fc.double({ noNaN: true, noDefaultInfinity: true }),
    bigint: fc.oneof(
      fc.maxSafeInteger(),
      fc.integer(),
      fc.constantFrom(0, -1, 2 ** 32, -(2 ** 32), 2 ** 53 - 1, 1 - 2 ** 53),
    ),
    boolean: fc.boolean(),
    instant: fc.integer({ min: -2_000_000_000_000, max: 4_000_000_000_000 }),
    json: fc.jsonValue().map((value) => JSON.stringify(value).replaceAll(String.raw`\u0000`, '')),
  };
  const cells = columns.map(
    (column) =>
      [column.name, column.nullable ? fc.option(values[column.type]) : values[column.type]] as const,
  );
  return fc.record(Object.fromEntries(cells)) as fc.Arbitrary<Row>;
}
