import { plainDay } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { serveAkshare, type AkshareReply } from '../../../../../../test/conformance/akshareStand.ts';
import { failureOf } from '../../../../../../test/conformance/failure.ts';
import type { AskContext, Question } from '../../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const DAY = plainDay('2024-01-05');
const INDICES: Question = { shape: 'all', dataset: 'index_basics', from: DAY, to: DAY };

const names = Array.from({ length: 7 }, (_, at) => ({ f12: `00000${at}`, f13: 1, f14: `指数${at}` }));
const page = (rows: unknown, total = names.length) => ({ rc: 0, rt: 6, data: { total, diff: rows } });

async function asked(reply: (number: number, size: number) => AkshareReply, pageRows = 3) {
  const { source, calls } = await serveAkshare(({ query }) =>
    reply(Number(query['pn']), Number(query['pz'])),
  );
  const answer = () => source({ pageRows }).ask(INDICES, FREE);
  return { answer, calls };
}

describe('the list of a market', () => {
  it('is put together from its pages', async () => {
    const { answer, calls } = await asked((number, size) =>
      page(names.slice((number - 1) * size, number * size)),
    );
    const [batch] = (await answer()).batches;
    expect(batch?.rows).toHaveLength(7);
    expect(batch?.rows[6]).toEqual({ symbol: '000006.SH', name: '指数6', exchange: 'XSHG' });
    expect(calls).toHaveLength(3);
  });

  it('is read on when pages are shorter than asked for', async () => {
    const { answer, calls } = await asked((number) => page(names.slice((number - 1) * 2, number * 2)), 200);
    expect((await answer()).batches[0]?.rows).toHaveLength(7);
    expect(calls).toHaveLength(4);
  });

  it('may come as an object by number', async () => {
    const { answer } = await asked(() => page(Object.fromEntries(names.entries())));
    expect((await answer()).batches[0]?.rows).toHaveLength(7);
  });

  it('is nothing where there is no market', async () => {
    const { answer } = await asked(() => ({ rc: 0, data: null }));
    expect((await answer()).batches[0]?.rows).toEqual([]);
  });

  it.each<[string, (number: number) => AkshareReply]>([
    ['moves between its pages', (number) => page(names.slice((number - 1) * 2, number * 2 + 1))],
    ['does not page', () => page(names.slice(0, 3))],
    ['ends too early', (number) => (number === 1 ? page(names.slice(0, 3)) : { rc: 0, data: null })],
    ['ends with empty pages', (number) => page(number === 1 ? names.slice(0, 3) : [])],
    ['counts what is no number', () => ({ rc: 0, data: { total: '7', diff: names } })],
  ])('that %s is malformed', async (_, reply) => {
    const { answer } = await asked(reply);
    expect((await failureOf(answer())).code).toBe('malformed');
  });

  it('keeps out of it what it cannot name', async () => {
    const odd = [
      { f12: '00001', f13: 1, f14: 'x' },
      { f12: '000300', f13: 2, f14: 'x' },
      { f12: '000301', f13: 1, f14: 7 },
    ];
    const { answer } = await asked(() =>
      page([...odd, { f12: '399001', f13: 0, f14: '深证成指', ['__proto__']: { f14: 'x' } }], 4),
    );
    const { batches, unreadable } = await answer();
    expect(batches[0]?.rows).toEqual([{ symbol: '399001.SZ', name: '深证成指', exchange: 'XSHE' }]);
    expect(unreadable).toHaveLength(3);
  });
});
