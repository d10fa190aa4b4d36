import { plainDay } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { RowWrite } from '../../../packages/server/src/ports/runStore.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { stockOf, SYMBOLS } from '../../support/smallMarket.ts';
import { commitOf, holdFetch, newItem, type Stand } from './stand.ts';

/** Symbols of the list become instruments with small ids. */
export function describeInstruments(stand: Stand): void {
  describe('the stock list', () => {
    const list = (symbols: readonly string[]): RowWrite => {
      const rows = symbols.map((symbol) => stockOf(symbol as never));
      return {
        dataset: 'stock_basics',
        source: 'tushare',
        columns: Object.keys(rows[0] ?? {}),
        rows,
        mode: 'replace',
      };
    };
    const admit = async (symbols: readonly string[]) => {
      const { store } = stand();
      const { claim } = await holdFetch(store, [newItem()], { dataset: 'stock_basics' });
      const [item] = await store.takeItems(claim, 1);
      return store.commitItems(claim, [commitOf(item?.no ?? 0, { writes: [list(symbols)] })]);
    };

    it('gives its symbols small ids without holes, and each keeps its own', async () => {
      const { store } = stand();
      await admit(SYMBOLS.slice(0, 3));
      const first = await store.instruments();
      expect(first.map((one) => one.instrumentId)).toEqual([1, 2, 3]);
      await admit(SYMBOLS.toReversed());
      const second = await store.instruments();
      expect(second.slice(0, 3)).toEqual(first);
      expect(second.map((one) => one.instrumentId)).toEqual(SYMBOLS.map((_, at) => at + 1));
      expect(first[0]).toMatchObject({
        name: expect.stringMatching(/^名称/),
        listDate: '2020-01-02',
        delistDate: null,
      });
    });

    it('gives no id twice when two lists come at once', async () => {
      await Promise.all([admit(SYMBOLS.slice(0, 6)), admit(SYMBOLS.slice(3)), admit(SYMBOLS)]);
      const known = await stand().store.instruments();
      expect(known.map((one) => one.instrumentId)).toEqual(SYMBOLS.map((_, at) => at + 1));
      expect(known.map((one) => one.symbol).toSorted()).toEqual([...SYMBOLS].toSorted());
    });

    it('is read with days, and days of listing before 2000 are days as well', async () => {
      const { store, db } = stand();
      const { claim } = await holdFetch(store, [newItem()], { dataset: 'stock_basics' });
      const [item] = await store.takeItems(claim, 1);
      const old = { ...stockOf(SYMBOLS[0] as never), list_date: '1990-12-19', delist_date: '1999-12-31' };
      await store.commitItems(claim, [
        commitOf(item?.no ?? 0, { writes: [{ ...list(SYMBOLS), rows: [old] }] }),
      ]);
      expect(await store.instruments()).toMatchObject([
        { listDate: plainDay('1990-12-19'), delistDate: plainDay('1999-12-31') },
      ]);
      expect(
        await db.one(sql`SELECT list_date - date '1990-12-18' AS days FROM market.stock_basics`),
      ).toEqual({ days: 1 });
    });
  });
}
