import { describe, expect, it } from 'vitest';
import { baostockRefusal } from './refusal.ts';

const UPSTREAM = { source: 'baostock', host: 'public-api.baostock.com:10030' } as const;

describe('a refusal of BaoStock', () => {
  it.each([
    ['10001001', 'transport'],
    ['10001002', 'upstream_refused'],
    ['10001004', 'upstream_refused'],
    ['10001006', 'permission_denied'],
    ['10002007', 'transport'],
    ['10004011', 'upstream_refused'],
    ['10004016', 'upstream_refused'],
    ['10005001', 'transport'],
    ['99999999', 'upstream_refused'],
  ])('%s is %s', (code, expected) => {
    const error = baostockRefusal(UPSTREAM, 'query_stock_basic', code, '文字', 0);
    expect(error.code).toBe(expected);
    expect(error.details).toMatchObject({
      ...UPSTREAM,
      api: 'query_stock_basic',
      upstreamCode: code,
      message: `文字 (${code}).`,
    });
  });

  it.each(['10001005', '10001011'])('%s leaves the source alone for a day', (code) => {
    const error = baostockRefusal(
      UPSTREAM,
      'login',
      code,
      '黑名单用户，请与管理员联系',
      Date.UTC(2024, 0, 2),
    );
    expect(error.code).toBe('banned');
    expect(error.details).toMatchObject({ until: '2024-01-03T00:00:00.000Z', pauseMs: 86_400_000 });
  });
});
