import { describe, expect, it } from 'vitest';
import { tushareRefusal } from './refusal.ts';

const UPSTREAM = { source: 'tushare', host: 'api.tushare.pro' } as const;
const NOW = Date.UTC(2024, 0, 2, 7, 30);

function read(code: number, message: string) {
  return tushareRefusal(UPSTREAM, { api: 'daily', code, message }, NOW);
}

const RIGHTS = '权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。';

describe('a refusal of Tushare', () => {
  it.each([
    [40203, `抱歉，您每分钟最多访问该接口200次，${RIGHTS}`, 'rate_limited', 'minute', 60, 200],
    [
      40203,
      '抱歉，您访问接口(adj_factor)频率超限(200次/分钟)，具体频次详情…',
      'rate_limited',
      'minute',
      60,
      200,
    ],
    [40203, `抱歉，您每小时最多访问该接口1次，${RIGHTS}`, 'quota_exhausted', 'hour', 3600, 1],
    [
      40203,
      '抱歉，您访问接口(stock_basic)频率超限(1次/小时)，具体频次详情…',
      'quota_exhausted',
      'hour',
      3600,
      1,
    ],
    [40203, `抱歉，您每天最多访问该接口20000次，${RIGHTS}`, 'quota_exhausted', 'day', 86_400, 20_000],
    [
      40203,
      '抱歉，您访问接口(daily)频率超限(8000次/天)，具体频次详情…',
      'quota_exhausted',
      'day',
      86_400,
      8000,
    ],
    [-1, '频率超限', 'rate_limited', 'minute', 60, undefined],
  ])('%i %s is a limit of calls', (code, message, errorCode, window, windowSeconds, limit) => {
    const error = read(code, message);
    expect(error.code).toBe(errorCode);
    expect(error.details).toMatchObject({ api: 'daily', window, windowSeconds, upstreamCode: code });
    expect(error.details.limit).toBe(limit);
  });

  it.each([
    [40101, '您的token不对，请确认。', 'bad_token'],
    [40101, '请指定正确的接口名', 'upstream_refused'],
    [40203, `抱歉，您没有接口访问权限，${RIGHTS}`, 'permission_denied'],
    [40203, `抱歉，您没有接口(stk_limit)访问权限，${RIGHTS}`, 'permission_denied'],
    [40203, `抱歉，您没有访问该接口的权限，${RIGHTS}`, 'permission_denied'],
    [40203, '抱歉，您的token没有访问该接口的权限', 'permission_denied'],
    [2002, '没有权限', 'permission_denied'],
    [-2001, 'permission denied', 'permission_denied'],
    [-2001, 'token无效', 'bad_token'],
    [50101, '参数校验失败', 'upstream_refused'],
  ])('%i %s is %s', (code, message, errorCode) => {
    const error = read(code, message);
    expect(error.code).toBe(errorCode);
    expect(error.details).toMatchObject({
      source: 'tushare',
      host: 'api.tushare.pro',
      api: 'daily',
      message,
    });
  });

  it('leaves the source alone for half an hour when too many addresses use the token', () => {
    const error = read(40204, '您的IP数量超限，最大数量为2个！');
    expect(error.code).toBe('banned');
    expect(error.details).toMatchObject({ pauseMs: 1_800_000, until: '2024-01-02T08:00:00.000Z' });
    expect(read(-1, '您的ip数量超限').code).toBe('banned');
  });
});
