import { plainDay, shanghaiInstant, symbolOf, type DatasetId } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { serveAkshare, type AkshareReply } from '../../../../../../test/conformance/akshareStand.ts';
import { failureOf } from '../../../../../../test/conformance/failure.ts';
import type { AskContext } from '../../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const RANGE = { from: plainDay('2024-01-02'), to: plainDay('2024-01-05') };
const BAR = '2024-01-03,1392.48,1413.64,1417.62,1392.00,33608,4738808558.00,1.84,1.55,21.64,0.27';
const MINUTE = '2024-01-03 09:35,1392.48,1413.64,1417.62,1392.00,336,47388085.50,1.84,1.55,21.64,0.27';

const body = (klines: unknown, code = '600519') => ({
  rc: 0,
  full: 0,
  data: { code, market: 1, decimal: 2, klines },
});

async function ask(reply: AkshareReply, dataset: DatasetId = 'daily_bars', code = '600519.SH') {
  const { source, calls } = await serveAkshare(() => reply);
  const answering = source().ask({ shape: 'symbol', dataset, symbol: symbolOf(code), ...RANGE }, FREE);
  return { answering, calls };
}

describe('bars of Eastmoney', () => {
  it('come in shares and yuan, with the reference price that their change tells', async () => {
    const { answering, calls } = await ask(body([BAR]));
    const { batches, bytes } = await answering;
    expect(batches[0]?.rows).toEqual([
      {
        symbol: '600519.SH',
        trade_date: '2024-01-03',
        open: 1392.48,
        high: 1417.62,
        low: 1392,
        close: 1413.64,
        pre_close: 1392,
        volume: 3_360_800,
        amount: 4_738_808_558,
        pct_chg: 1.55,
      },
    ]);
    expect(bytes).toBeGreaterThan(0);
    expect(calls[0]).toMatchObject({
      origin: 'push2his',
      query: { secid: '1.600519', klt: '101', fqt: '0', beg: '20240102', end: '20240105' },
    });
  });

  it.each([
    ['000001.SZ', '0.000001'],
    ['920163.BJ', '0.920163'],
    ['000001.SH', '1.000001'],
  ])('are asked for %s as %s', async (code, secid) => {
    const { answering, calls } = await ask({ rc: 0, data: null }, 'index_bars', code);
    expect((await answering).batches[0]?.rows).toEqual([]);
    expect(calls[0]?.query['secid']).toBe(secid);
  });

  it('of five minutes bear the minute at which they end', async () => {
    const { answering, calls } = await ask(body([MINUTE]), 'minute_bars');
    expect((await answering).batches[0]?.rows).toEqual([
      {
        symbol: '600519.SH',
        trade_date: '2024-01-03',
        bar_time: shanghaiInstant(plainDay('2024-01-03'), 9 * 60 + 35),
        open: 1392.48,
        high: 1417.62,
        low: 1392,
        close: 1413.64,
        volume: 33_600,
        amount: 47_388_085.5,
      },
    ]);
    expect(calls[0]?.query['klt']).toBe('5');
  });

  it.each<[string, AkshareReply, DatasetId]>([
    ['a day outside of the range', body([BAR.replace('01-03', '01-08')]), 'daily_bars'],
    ['another stock', body([BAR], '600520'), 'daily_bars'],
    ['two bars of one day', body([BAR, BAR.replace('33608', '33609')]), 'daily_bars'],
    ['bars that are no texts', body([[1, 2]]), 'daily_bars'],
  ])('with %s are malformed', async (_, reply, dataset) => {
    expect((await failureOf((await ask(reply, dataset)).answering)).code).toBe('malformed');
  });

  it.each([
    BAR.replace('1413.64', '-'),
    BAR.replace('33608', '1e5'),
    BAR.replace('2024-01-03', '2024-02-30'),
    'x',
    '',
  ])('that cannot be read are set aside: %s', async (line) => {
    const { batches, unreadable } = await (await ask(body([line]))).answering;
    expect(batches[0]?.rows).toEqual([]);
    expect(unreadable).toHaveLength(1);
  });

  it.each([MINUTE.replace('09:35', '9:35'), MINUTE.replace('09:35', '24:00'), MINUTE.replace('336,', ',')])(
    'of five minutes that cannot be read are set aside: %s',
    async (line) => {
      const { unreadable } = await (await ask(body([line]), 'minute_bars')).answering;
      expect(unreadable).toHaveLength(1);
    },
  );
});
