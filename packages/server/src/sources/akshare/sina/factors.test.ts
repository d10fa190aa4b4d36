import { plainDay, symbolOf } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { serveAkshare, type AkshareReply } from '../../../../../../test/conformance/akshareStand.ts';
import { failureOf } from '../../../../../../test/conformance/failure.ts';
import type { AskContext } from '../../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const RANGE = { from: plainDay('2024-01-03'), to: plainDay('2024-01-08') };

async function ask(reply: AkshareReply) {
  const { source, calls } = await serveAkshare(() => reply);
  const symbol = symbolOf('600519.SH');
  const answer = await source().ask({ shape: 'symbol', dataset: 'adj_factors', symbol, ...RANGE }, FREE);
  const rows = answer.batches[0]?.rows.map((row) => [row['trade_date'], row['adj_factor']]) ?? [];
  return { rows, unreadable: answer.unreadable.length, calls };
}

const file = (data: readonly { d: string; f: unknown }[], total: number = data.length) =>
  `var sh600519hfq={"total":${total},"data":${JSON.stringify(data)}}\n/* end */`;

describe("Sina's factors", () => {
  it('hold on every trading day from their ex-date to the next', async () => {
    const changes = [
      { d: '2024-01-05', f: '8.1446289' },
      { d: '2023-06-30', f: '8.0000' },
      { d: '1900-01-01', f: '1.0' },
    ];
    const { rows, calls } = await ask(file(changes));
    expect(rows).toEqual([
      ['2024-01-03', 8],
      ['2024-01-04', 8],
      ['2024-01-05', 8.1446289],
      ['2024-01-08', 8.1446289],
    ]);
    expect(calls.map(({ origin, path }) => `${origin} ${path}`)).toEqual([
      'sina realstock/company/sh600519/hfq.js',
    ]);
  });

  it('are 1 before the first ex-date', async () => {
    const { rows } = await ask(file([{ d: '2024-01-08', f: '2.5' }]));
    expect(rows.map(([, factor]) => factor)).toEqual([1, 1, 1, 2.5]);
  });

  it.each([
    ['there is no file', 404],
    ['the file is empty', file([])],
  ])('are none where %s', async (_, reply) => {
    expect((await ask(reply)).rows).toEqual([]);
  });

  it('are left out until the next where one cannot be read', async () => {
    const { rows, unreadable } = await ask(
      file([
        { d: '2024-01-08', f: '2.5' },
        { d: '2024-01-04', f: 'x' },
      ]),
    );
    expect([rows.map(([day]) => day), unreadable]).toEqual([['2024-01-03', '2024-01-08'], 1]);
  });

  it.each([
    file([{ d: '1900-01-01', f: '1' }], 3),
    file([
      { d: '2024-01-08', f: '2' },
      { d: '2024-01-08', f: '3' },
    ]),
    'var x=1',
  ])('are malformed as %s', async (text) => {
    expect((await failureOf(ask(text))).code).toBe('malformed');
  });
});
