import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../../../test/conformance/failure.ts';
import { readAllPages } from './pages.ts';

const UPSTREAM = { source: 'tushare', host: 'localhost' } as const;

/** Reads a server's pages and gives the rows taken and the offsets asked for. */
async function collect(limit: number, serve: (offset: number) => { rows: number[]; hasMore?: boolean }) {
  const rows = new Set<number>();
  const offsets: number[] = [];
  await readAllPages(UPSTREAM, limit, {
    async fetch(offset) {
      offsets.push(offset);
      const page = serve(offset);
      return { fields: ['n'], items: page.rows.map((row) => [row]), hasMore: page.hasMore };
    },
    take(page) {
      const before = rows.size;
      for (const [row] of page.items) rows.add(Number(row));
      return rows.size - before;
    },
  });
  return { rows: [...rows], offsets };
}

const range = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);

describe('reading of pages', () => {
  it('ends with a page that is not full', async () => {
    expect(await collect(3, (at) => ({ rows: range(at, Math.min(at + 3, 7)) }))).toEqual({
      rows: range(0, 7),
      offsets: [0, 3, 6],
    });
  });

  it('asks once more after a full page, whatever has_more says', async () => {
    expect(
      (await collect(3, (at) => ({ rows: range(at, Math.min(at + 3, 3)), hasMore: false }))).offsets,
    ).toEqual([0, 3]);
  });

  it('goes on by what came where a page is smaller than asked and there is more', async () => {
    const { rows, offsets } = await collect(5, (at) => ({
      rows: range(at, Math.min(at + 2, 5)),
      hasMore: at + 2 < 5,
    }));
    expect([rows, offsets]).toEqual([range(0, 5), [0, 2, 4]]);
  });

  it('takes a page that overlaps the one before', async () => {
    const { rows } = await collect(3, (at) => ({
      rows: range(Math.max(0, at - 1), Math.min(at + 2, 6)),
      hasMore: at < 5,
    }));
    expect(rows).toEqual(range(0, 6));
  });

  it('takes a page larger than asked for all there is', async () => {
    expect((await collect(3, () => ({ rows: range(0, 10) }))).offsets).toEqual([0]);
  });

  it.each([
    ['the same page again', () => ({ rows: range(0, 3) })],
    ['nothing, and more', () => ({ rows: [], hasMore: true })],
  ])('is malformed when the server sends %s', async (_, serve) => {
    expect((await failureOf(collect(3, serve))).code).toBe('malformed');
  });

  it('is malformed when it does not end', async () => {
    expect((await failureOf(collect(3, (at) => ({ rows: range(at, at + 3) })))).code).toBe('malformed');
  });
});
