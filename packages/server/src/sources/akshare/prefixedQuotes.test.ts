import { plainDay, shanghaiInstant, symbolOf } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { serveAkshare, type AkshareReply } from '../../../../../test/conformance/akshareStand.ts';
import { failureOf } from '../../../../../test/conformance/failure.ts';
import { UNHURRIED } from '../../../../../test/conformance/deadlines.ts';
import { systemClock } from '../../clock.ts';
import type { AskContext } from '../../ports/source.ts';
import { readPrefixedQuotes, SINA_QUOTES, TENCENT_QUOTES, type PrefixedQuotes } from './prefixedQuotes.ts';
import { createStreaks } from './streaks.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const DAY = plainDay('2024-01-05');
const SYMBOLS = ['600519.SH', '688981.SH', '000001.SZ', '920163.BJ'].map(symbolOf);

/** Ten cells of bids and ten of asks. */
const BOOK = Array<string>(20).fill('0').join(',');
const sina = (code: string, prices: string, volumes: string, time = '2024-01-05,15:00:01') =>
  `var hq_str_${code}="X,${prices},1445.4,1445.5,${volumes},${BOOK},${time},00";`;

function tencent(code: string, [last, preClose, open, volume, amount, high, low]: readonly string[]): string {
  const cells = Array<string>(60).fill('');
  const put: Record<number, string | undefined> = {
    0: '1',
    2: code.slice(2),
    3: last,
    4: preClose,
    5: open,
    6: volume,
    30: '20240105150001',
    33: high,
    34: low,
    35: `${last}/${volume}/${amount}`,
  };
  for (const [at, text] of Object.entries(put)) cells[Number(at)] = text ?? '';
  return `v_${code}="${cells.join('~')}";`;
}

async function ask(quotes: PrefixedQuotes, reply: (codes: readonly string[]) => AkshareReply) {
  const { calls, url } = await serveAkshare(({ path }) => reply(path.replace(/^(?:list|q)=/, '').split(',')));
  const client = { clock: systemClock, deadlines: UNHURRIED, baseUrl: url, streaks: createStreaks() };
  const question = { shape: 'all', dataset: 'quotes', from: DAY, to: DAY } as const;
  const answering = readPrefixedQuotes(client, quotes, SYMBOLS, question, {
    context: FREE,
    tally: { calls: 0, bytes: 0 },
  });
  return { answering, calls };
}

const ROW = {
  symbol: '600519.SH',
  trade_date: '2024-01-05',
  quoted_at: shanghaiInstant(DAY, 15 * 60) + 1000,
  last: 1445.5,
  open: 1413.1,
  high: 1450,
  low: 1413.1,
  pre_close: 1419,
  volume: 2_086_200,
  amount: 2_990_000_000,
  pct_chg: 1.8675,
};
const SINA_LINE = sina('sh600519', '1413.100,1419.000,1445.500,1450.000,1413.100', '2086200,2990000000.000');

describe('quotes that are asked for by symbol', () => {
  it('come from Sina in shares and yuan', async () => {
    const lines = [
      SINA_LINE,
      'var hq_str_sh688981="";',
      sina('sz000001', '0.000,11.000,0.000,0.000,0.000', '0,0.000'),
    ];
    const { answering, calls } = await ask(SINA_QUOTES, () => Buffer.from(lines.join('\n')));
    expect((await answering).rows).toEqual([ROW]);
    expect(calls[0]).toMatchObject({
      path: 'list=sh600519,sh688981,sz000001,bj920163',
      referer: 'https://finance.sina.com.cn',
    });
  });

  it('come from Tencent by the lot, or by the share where the amount says so', async () => {
    const lines = [
      tencent('sh600519', ['1445.50', '1419.00', '1413.10', '20862', '2990000000', '1450.00', '1413.10']),
      tencent('sh688981', ['50.00', '49.00', '49.50', '1000000', '50100000', '51.00', '49.00']),
      'v_pv_none_match="1";',
    ];
    const { answering } = await ask(TENCENT_QUOTES, () => lines.join('\n'));
    const [first, second] = (await answering).rows;
    expect(first).toEqual(ROW);
    expect(second).toMatchObject({ symbol: '688981.SH', volume: 1_000_000, amount: 50_100_000 });
  });

  it('may have names in GBK, broken ones too', async () => {
    const line = Buffer.concat([
      Buffer.from('var hq_str_sh600519="'),
      Buffer.from([0xb9, 0xf3, 0xd6, 0xff]),
      Buffer.from(SINA_LINE.slice(22)),
    ]);
    const { answering } = await ask(SINA_QUOTES, () => line);
    expect((await answering).rows).toHaveLength(1);
  });

  it('of another day are left out', async () => {
    const old = SINA_LINE.replace('2024-01-05', '2024-01-04');
    expect((await (await ask(SINA_QUOTES, () => old)).answering).rows).toEqual([]);
  });

  it('without a time or a price that can be read are set aside', async () => {
    const lines = [SINA_LINE.replace('15:00:01', '25:00:01'), sina('sz000001', '1,x,2,3,4', '5,6')];
    expect((await (await ask(SINA_QUOTES, () => lines.join('\n'))).answering).unreadable).toHaveLength(2);
  });

  it.each(['<html>', 'var hq_str_sz300001="1,2";', 'var hq_str_sh600519="1,2'])(
    'are malformed as %s',
    async (text) => {
      const { answering } = await ask(SINA_QUOTES, () => text);
      expect((await failureOf(answering)).code).toBe('malformed');
    },
  );

  it('are asked for in groups', async () => {
    const { answering, calls } = await ask({ ...TENCENT_QUOTES, groupRows: 3 }, () => 'v_pv_none_match="1";');
    expect((await answering).rows).toEqual([]);
    expect(calls.map(({ path }) => path)).toEqual(['q=sh600519,sh688981,sz000001', 'q=bj920163']);
  });
});
