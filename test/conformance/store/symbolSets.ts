import { describe, expect, it } from 'vitest';
import { SYMBOLS } from '../../support/smallMarket.ts';
import type { Stand } from './stand.ts';

const NEW = { name: 'watch', title: null, rule: null, symbols: ['600002.SH', '600001.SH'], author: 'a' };

/** Named lists of symbols. */
export function describeSymbolSets(stand: Stand): void {
  const change = (more: object) =>
    stand().store.changeSet({ name: 'watch', version: null, author: 'b', ...more });
  const members = () => stand().store.setMembers('watch', '', 100);

  describe('symbol sets', () => {
    it('have one name each', async () => {
      const { store } = stand();
      const made = await Promise.all([NEW, NEW, NEW].map((set) => store.createSet(set)));
      expect(made.filter((set) => set !== undefined)).toMatchObject([{ version: 1, members: 2 }]);
      expect(await members()).toEqual(['600001.SH', '600002.SH']);
    });

    it('count their members however changes meet', async () => {
      const { store } = stand();
      await store.createSet({ ...NEW, symbols: [] });
      await Promise.all([
        ...SYMBOLS.map((symbol) => change({ add: [symbol, '600001.SH'] })),
        change({ remove: ['600001.SH'] }),
      ]);
      expect((await store.symbolSet('watch'))?.members).toBe((await members()).length);
    });

    it('are changed only by who has seen the newest version', async () => {
      const { store } = stand();
      await store.createSet(NEW);
      const changes = await Promise.all(SYMBOLS.map((symbol) => change({ version: 1, replaceBy: [symbol] })));
      expect(changes.filter(({ kind }) => kind === 'changed')).toHaveLength(1);
      expect(changes.filter(({ kind }) => kind === 'conflict')).toHaveLength(SYMBOLS.length - 1);
      expect(await members()).toHaveLength(1);
      expect(await store.deleteSet('watch', 1)).toMatchObject({ kind: 'conflict', set: { version: 2 } });
      expect(await store.deleteSet('watch', 2)).toMatchObject({ kind: 'changed' });
      expect(await store.deleteSet('watch', null)).toEqual({ kind: 'missing' });
      expect(await change({ add: ['600001.SH'] })).toEqual({ kind: 'missing' });
    });

    it('made by a rule hold no members of their own', async () => {
      const { store } = stand();
      await store.createSet(NEW);
      expect(await change({ rule: { kind: 'board', board: 'star' } })).toMatchObject({
        removed: 2,
        set: { members: 0 },
      });
      expect(await change({ add: ['600001.SH'], rule: { board: 'star', kind: 'board' } })).toMatchObject({
        added: 0,
        set: { version: 2 },
      });
      expect(await change({ rule: null, replaceBy: ['600001.SH'] })).toMatchObject({
        added: 1,
        set: { rule: null },
      });
    });

    it('are read in the order of names and of symbols, behind a cursor', async () => {
      const { store } = stand();
      for (const name of ['b', 'a', 'C']) await store.createSet({ ...NEW, name });
      expect((await store.symbolSets('', 2)).map(({ name }) => name)).toEqual(['C', 'a']);
      expect((await store.symbolSets('a', 2)).map(({ name }) => name)).toEqual(['b']);
      expect(await store.setMembers('b', '600001.SH', 5)).toEqual(['600002.SH']);
    });
  });
}
