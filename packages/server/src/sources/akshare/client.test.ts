import { plainDay, symbolOf } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { HANG_UP, serveAkshare, type AkshareReply } from '../../../../../test/conformance/akshareStand.ts';
import { failureOf } from '../../../../../test/conformance/failure.ts';
import type { AskContext, Question } from '../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const RANGE = { from: plainDay('2024-01-02'), to: plainDay('2024-01-05') };
const INDICES: Question = { shape: 'all', dataset: 'index_basics', ...RANGE };
const FACTORS: Question = {
  shape: 'symbol',
  dataset: 'adj_factors',
  symbol: symbolOf('600519.SH'),
  ...RANGE,
};
const DIVIDENDS: Question = { shape: 'day', dataset: 'dividends', day: plainDay('2023-12-31') };

const LIST = { rc: 0, data: { total: 1, diff: [{ f12: '000001', f13: 1, f14: '上证指数' }] } };
const NOTICE = '你的 IP 存在异常访问(例如: 爬虫/攻击/探测 等), 已被新浪安全部门封禁.';

describe('calls to the public endpoints', () => {
  it.each<[string, Question, AkshareReply, string]>([
    ['status 403', INDICES, 403, 'banned'],
    ['status 456', FACTORS, 456, 'banned'],
    ['a notice of Sina', FACTORS, NOTICE, 'banned'],
    ['a notice of Sina as a page', FACTORS, `<!DOCTYPE html><html><body>${NOTICE}</body></html>`, 'banned'],
    ['a captcha', DIVIDENDS, '<html><title>请拖动滑块完成验证</title></html>', 'banned'],
    ['another page', DIVIDENDS, '<html><title>404</title></html>', 'malformed'],
    ['status 429', INDICES, 429, 'rate_limited'],
    ['status 502', INDICES, 502, 'transport'],
    ['status 504', FACTORS, 504, 'transport'],
    ['status 400', INDICES, 400, 'upstream_refused'],
    ['status 302', INDICES, 302, 'malformed'],
    ['status 204', INDICES, 204, 'malformed'],
    ['code 102', INDICES, { rc: 102, data: null }, 'upstream_refused'],
    ['another encoding', INDICES, Buffer.from([0x7b, 0xc9, 0xcf, 0x7d]), 'malformed'],
    ['JSON that is no answer', INDICES, [1, 2], 'malformed'],
    ['noise', FACTORS, '\u0000\u0001garbage', 'malformed'],
    ['a bomb', DIVIDENDS, ' '.repeat(17 * 1024 * 1024), 'malformed'],
    [
      'a code of the data center',
      DIVIDENDS,
      { success: false, code: 9501, message: '返回字段参数不能为空', result: null },
      'upstream_refused',
    ],
  ])('that are answered by %s fail', async (_, question, reply, code) => {
    const { source } = await serveAkshare(() => reply);
    expect((await failureOf(source().ask(question, FREE))).code).toBe(code);
  });

  it('take a second connection in a row that is shut unanswered for a ban, where that is the custom', async () => {
    const replies: AkshareReply[] = [HANG_UP, LIST, HANG_UP, HANG_UP];
    const { source, calls } = await serveAkshare(() => replies[calls.length - 1] ?? 500);
    const akshare = source();
    expect((await failureOf(akshare.ask(INDICES, FREE))).code).toBe('transport');
    await akshare.ask(INDICES, FREE);
    expect((await failureOf(akshare.ask(INDICES, FREE))).code).toBe('transport');
    const error = await failureOf(akshare.ask(INDICES, FREE));
    expect(error.code).toBe('banned');
    expect(error.details).toMatchObject({ host: 'eastmoney_push2', pauseMs: 30 * 60_000 });
  });

  it('take it for a failed connection elsewhere', async () => {
    const { source } = await serveAkshare(() => HANG_UP);
    const akshare = source();
    for (let times = 0; times < 3; times += 1)
      expect((await failureOf(akshare.ask(FACTORS, FREE))).code).toBe('transport');
  });

  it('leave Sina alone for six hours after it has shut the address out', async () => {
    const { source } = await serveAkshare(() => NOTICE);
    const error = await failureOf(source().ask(FACTORS, FREE));
    expect(error.details).toMatchObject({ host: 'sina', pauseMs: 6 * 3_600_000 });
  });

  it('ask for leave under the host, and say which page they come from', async () => {
    const { source, calls } = await serveAkshare(() => LIST);
    const asked: string[] = [];
    await source().ask(INDICES, {
      ...FREE,
      beforeCall: async (host, api) => void asked.push(`${host} ${api}`),
    });
    expect(asked).toEqual(['eastmoney_push2 clist']);
    expect(calls[0]).toMatchObject({
      origin: 'push2',
      path: 'api/qt/clist/get',
      referer: 'https://quote.eastmoney.com/',
      query: { pn: '1', pz: '100', np: '1', fltt: '2', fid: 'f12', fs: 'm:1 t:1,m:0 t:5' },
    });
  });

  it('refuse an address that is none', async () => {
    const { source } = await serveAkshare(() => 200);
    for (const baseUrl of ['ftp://x', 'localhost', ''])
      expect(() => source({ baseUrl })).toThrow(expect.objectContaining({ code: 'bad_setting' }));
  });
});
