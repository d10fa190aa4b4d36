import { plainDay } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../../../test/conformance/failure.ts';
import { serveTushare, TOKEN, type TushareReply } from '../../../../../test/conformance/tushareStand.ts';
import type { AskContext, Question } from '../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const BARS: Question = { shape: 'day', dataset: 'daily_bars', day: plainDay('2018-07-18') };

describe('calls to Tushare', () => {
  it('are not made without a token', async () => {
    const { source, calls } = await serveTushare(() => 200);
    for (const token of [undefined, '', '  ']) {
      expect((await failureOf(source({ token: () => token }).ask(BARS, FREE))).code).toBe('bad_token');
    }
    expect(calls).toEqual([]);
  });

  it.each<[string, TushareReply, string]>([
    ['a refusal', '{"code":40203,"data":null,"msg":"抱歉，您每分钟最多访问该接口50次"}', 'rate_limited'],
    ['HTML', '<html>nginx</html>', 'malformed'],
    ['status 502', 502, 'transport'],
    ['status 408', 408, 'transport'],
    ['status 429', 429, 'rate_limited'],
    ['status 404', 404, 'upstream_refused'],
    ['status 302', 302, 'malformed'],
    ['status 204', 204, 'malformed'],
  ])('that are answered by %s fail', async (_, reply, code) => {
    const { source } = await serveTushare(() => reply);
    expect((await failureOf(source().ask(BARS, FREE))).code).toBe(code);
  });

  it('show the token in no error, even when the server repeats it', async () => {
    const { source } = await serveTushare(({ token }) =>
      JSON.stringify({ code: 40101, msg: `您的token不对 ${token}` }),
    );
    const error = await failureOf(source().ask(BARS, FREE));
    expect(error.code).toBe('bad_token');
    expect(JSON.stringify([error.message, error.details])).not.toContain(TOKEN);
  });

  it('refuse an address that is none', async () => {
    const { source } = await serveTushare(() => 200);
    for (const baseUrl of ['ftp://x', 'api.tushare.pro', '']) {
      expect(() => source({ baseUrl })).toThrow(expect.objectContaining({ code: 'bad_setting' }));
    }
  });

  it('show in a probe what came beside what was read', async () => {
    const fields = [
      'ts_code',
      'trade_date',
      'open',
      'high',
      'low',
      'close',
      'pre_close',
      'vol',
      'amount',
      'pct_chg',
    ];
    const bar = ['000001.SZ', '20180718', 8.75, 8.85, 8.69, 8.7, 8.72, 525152.77, 460697.377, -0.2294];
    const { source, calls } = await serveTushare(() => ({ fields, items: [bar] }));
    const probe = await source().probe('daily_bars', FREE);
    expect(probe).toMatchObject({
      api: 'daily',
      parsed: [{ kind: 'row', row: { symbol: '000001.SZ', volume: 52515277 } }],
    });
    expect(probe.raw).toContain('525152.77');
    expect(calls[0]?.params).toEqual({ ts_code: '000001.SZ', limit: '1' });
  });
});
