import { isAppError } from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTushareReply } from './envelope.ts';

const UPSTREAM = { source: 'tushare', host: 'localhost' } as const;
const read = (text: string) => readTushareReply(UPSTREAM, text, (part) => part.replaceAll('secret', '***'));

const EXCHANGE =
  '{"request_id":"7c339236-a483-41ce-8d52-e5cda3b606e1","code":0,"data":{"fields":["ts_code","trade_date","open"],' +
  '"items":[["000001.SZ","20180718",8.75],["000002.SZ","20180718",null]],"has_more":false,"count":-1},"msg":"","detail":null}';

describe('an answer of Tushare', () => {
  it('is a page of rows under named fields', () => {
    expect(read(EXCHANGE)).toEqual({
      kind: 'page',
      page: {
        fields: ['ts_code', 'trade_date', 'open'],
        items: [
          ['000001.SZ', '20180718', 8.75],
          ['000002.SZ', '20180718', null],
        ],
        hasMore: false,
      },
    });
  });

  it('need not say whether there is more, nor hold rows', () => {
    expect(read('{"code":0,"msg":null,"data":{"fields":[],"items":[]}}')).toEqual({
      kind: 'page',
      page: { fields: [], items: [], hasMore: undefined },
    });
  });

  it('is a refusal whenever its code is not 0, with either name of the text', () => {
    expect(read('{"code":40101,"data":null,"msg":"您的token不对，请确认。"}')).toEqual({
      kind: 'refused',
      code: 40101,
      message: '您的token不对，请确认。',
    });
    expect(read('{"code":40203,"message":"每天","data":{}}')).toEqual({
      kind: 'refused',
      code: 40203,
      message: '每天',
    });
    expect(read('{"code":-1}')).toEqual({ kind: 'refused', code: -1, message: 'code -1 without a text.' });
  });

  it.each([
    ['a page of HTML', '<html><body>502 Bad Gateway</body></html>'],
    ['nothing', ''],
    ['half an answer', EXCHANGE.slice(0, -40)],
    ['another value', '[]'],
    ['null', 'null'],
    ['an answer without a code', '{"data":{"fields":[],"items":[]}}'],
    ['a code that is no number', '{"code":"0","data":{"fields":[],"items":[]}}'],
    ['success without data', '{"code":0,"data":null}'],
    ['data without items', '{"code":0,"data":{"fields":["a"]}}'],
    ['a row that is no list', '{"code":0,"data":{"fields":["a"],"items":[{"a":1}]}}'],
    ['a row with too few cells', '{"code":0,"data":{"fields":["a","b"],"items":[[1]]}}'],
    ['a field named twice', '{"code":0,"data":{"fields":["a","a"],"items":[[1,2]]}}'],
    ['a field that reaches into prototypes', '{"code":0,"data":{"fields":["__proto__"],"items":[[1]]}}'],
    [
      'a key that reaches into prototypes',
      '{"code":0,"__proto__":{"x":1},"data":{"fields":["a"],"items":[[1]]}}',
    ],
    ['such a key deeper down', '{"code":0,"data":{"fields":["a"],"items":[[1]],"constructor":{"x":1}}}'],
    ['a depth that no parser bears', `${'['.repeat(200_000)}`],
  ])('is malformed when it is %s', (_, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'malformed' }));
    expect(Object.prototype).not.toHaveProperty('x');
  });

  it('never quotes a secret in its errors', () => {
    expect(() => read('<html>{"token":"secret"}</html>')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });

  it('is read or malformed, whatever happens to its bytes', () => {
    fc.assert(
      fc.property(fc.nat(EXCHANGE.length - 1), fc.string({ maxLength: 4 }), fc.nat(6), (at, put, cut) => {
        try {
          read(EXCHANGE.slice(0, at) + put + EXCHANGE.slice(at + cut));
        } catch (error) {
          expect(isAppError(error, 'malformed')).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
