import { plainDay, symbolOf, type DatasetId } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import {
  serveAkshare,
  type AkshareCall,
  type AkshareReply,
} from '../../../../../../test/conformance/akshareStand.ts';
import { failureOf } from '../../../../../../test/conformance/failure.ts';
import type { AskContext } from '../../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };

const BARS = [
  ['2023-12-29', '1710.0', '1700.0', '1720.0', '1690.0', '30000', {}, '0.24', '512000.1'],
  ['2024-01-02', '1715.0', '1685.0', '1718.2', '1678.1', '32156', {}, '0.26', '544008.3'],
  ['2024-01-03', '1650.0', '1660.0', '1670.0', '1640.0', '30100', { cqr: '2024-01-03' }, '0.24', '500000.0'],
  ['2024-01-04', '1660.0', '1676.6', '1680.0', '1650.0', '30000', {}, '0.24', '500100.5'],
];

/** Eastmoney's connections are shut, so that the way leads to Tencent. */
async function ask(
  reply: (call: AkshareCall, code: string) => AkshareReply,
  options: { code?: string; dataset?: DatasetId; from?: string; to?: string } = {},
) {
  const { code = '600519.SH', dataset = 'daily_bars', from = '2024-01-02', to = '2024-01-05' } = options;
  const symbol = symbolOf(code);
  const { source, calls } = await serveAkshare((call) =>
    call.origin === 'tencent_kline' ? reply(call, call.query['param']?.split(',')[0] ?? '') : 502,
  );
  const akshare = source();
  const answering = () =>
    akshare.ask({ shape: 'symbol', dataset, symbol, from: plainDay(from), to: plainDay(to) }, FREE);
  return { answering, calls: () => calls.filter(({ origin }) => origin === 'tencent_kline') };
}

const body = (code: string, day: unknown) =>
  `kline_day=${JSON.stringify({ code: 0, msg: '', data: { [code]: { day } } })}`;

describe('bars of Tencent', () => {
  it('come in shares and yuan, with the close before as the reference price but for days that go ex', async () => {
    const { answering, calls } = await ask((_, code) => body(code, BARS));
    const rows = (await answering()).batches[0]?.rows ?? [];
    expect(rows.map((row) => row['trade_date'])).toEqual(['2024-01-02', '2024-01-04']);
    expect(rows[0]).toEqual({
      symbol: '600519.SH',
      trade_date: '2024-01-02',
      open: 1715,
      high: 1718.2,
      low: 1678.1,
      close: 1685,
      pre_close: 1700,
      volume: 3_215_600,
      amount: 5_440_083_000,
      pct_chg: -0.8824,
    });
    expect(rows[1]).toMatchObject({ pre_close: 1660, pct_chg: 1 });
    expect(calls()[0]?.query['param']).toBe('sh600519,day,2023-12-03,2024-01-05,640,');
  });

  it.each<[string, DatasetId, number]>([
    ['688981.SH', 'daily_bars', 32_156],
    ['000300.SH', 'index_bars', 32_156],
    ['920163.BJ', 'daily_bars', 3_215_600],
  ])('of %s have their own unit of volume', async (code, dataset, volume) => {
    const { answering } = await ask((_, name) => body(name, BARS.slice(0, 2)), { code, dataset });
    expect((await answering()).batches[0]?.rows[0]).toMatchObject({ volume });
  });

  it('of an index go ex on no day', async () => {
    const { answering } = await ask((_, name) => body(name, BARS), {
      code: '000300.SH',
      dataset: 'index_bars',
    });
    expect((await answering()).batches[0]?.rows).toHaveLength(3);
  });

  it('of many years take a call for two of them', async () => {
    const { answering, calls } = await ask((_, code) => body(code, BARS), { from: '2020-01-02' });
    expect((await answering()).batches[0]?.rows).toHaveLength(2);
    expect(calls().map(({ query }) => query['param']?.split(',').slice(2, 4))).toEqual([
      ['2019-12-03', '2021-12-01'],
      ['2021-12-02', '2023-12-01'],
      ['2023-12-02', '2024-01-05'],
    ]);
  });

  it('that are none are not taken for what there is, and after five times for a ban', async () => {
    const { answering } = await ask((_, code) => body(code, []));
    for (let times = 1; times <= 5; times += 1) {
      const error = await failureOf(answering());
      // Of Eastmoney's and Tencent's failure, the one that says most.
      expect(error.code).toBe(times < 5 ? 'empty' : 'banned');
      expect(error.details).toMatchObject({ host: 'tencent' });
    }
  });

  it.each<[string, unknown]>([
    ['in no order', BARS.toReversed()],
    ['without figures', [['2024-01-02']]],
    ['with two of a day', [BARS[1], BARS[1]]],
  ])('%s are malformed', async (_, day) => {
    const { answering } = await ask((__, code) => body(code, day));
    expect((await failureOf(answering())).code).toBe('malformed');
  });

  it('that were cut are malformed', async () => {
    const many = Array.from({ length: 640 }, () => BARS[1]);
    const { answering } = await ask((_, code) => body(code, many));
    expect((await failureOf(answering())).code).toBe('malformed');
  });

  it('without an amount are set aside', async () => {
    const { answering } = await ask((_, code) =>
      body(
        code,
        BARS.slice(0, 2).map((bar) => bar.slice(0, 6)),
      ),
    );
    const { batches, unreadable } = await answering();
    expect([batches[0]?.rows, unreadable.length]).toEqual([[], 1]);
  });
});
