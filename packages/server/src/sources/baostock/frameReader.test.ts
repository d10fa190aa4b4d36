import { deflateSync } from 'node:zlib';
import { isAppError } from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCapture, readCaptures } from '../../../../../test/conformance/baostockCaptures.ts';
import { packedAnswer, refusal, textAnswer } from '../../../../../test/conformance/loopbackBaostock.ts';
import { encodeText, TERMINATOR } from './frame.ts';
import { FrameReader, type Frame } from './frameReader.ts';
import { readPage, readReply } from './reply.ts';

const UPSTREAM = { source: 'baostock', host: 'localhost:1' } as const;

function readWhole(bytes: Buffer, maxBytes?: number): Frame | undefined {
  return new FrameReader(UPSTREAM, maxBytes).push(bytes);
}

/** The names of a captured table's columns follow the parameters, but those of days are one of them. */
const columnsPart = (api: string) => (api.startsWith('query_history') ? 8 : -1);

const malformed = expect.objectContaining({ code: 'malformed' });
const TEXTS = readCaptures().filter(({ response }) => response.toString('latin1', 8, 10) !== '96');

describe('an answer of BaoStock', () => {
  it.each(readCaptures())('is read as captured: $api', ({ api, request, response }) => {
    const frame = readWhole(response);
    expect(frame?.wireBytes).toBe(response.length);
    const method = request.toString('utf8', 21).split('\u0001')[0] ?? '';
    const reply = readReply(UPSTREAM, frame?.body ?? '', method);
    if (reply.kind !== 'ok') throw new Error(`${api} was refused`);
    if (api === 'login' || api === 'logout') return expect(reply.parts[4]).toMatch(/^20260422\d{9}$/);
    const { columns, records } = readPage(UPSTREAM, reply.parts, 1, columnsPart(api));
    expect(columns.every((name) => /^[a-zA-Z_]+$/.test(name))).toBe(true);
    expect(records.length).toBeGreaterThan(0);
  });

  it.each(TEXTS)('in text is encoded to the same bytes again: $api', ({ response }) => {
    const frame = readWhole(response);
    expect(textAnswer(frame?.type ?? '', frame?.body ?? '').equals(response)).toBe(true);
  });

  it('holds the days, names and factors that were captured', () => {
    const tableOf = (api: string) => {
      const reply = readReply(UPSTREAM, readWhole(readCapture(api).response)?.body ?? '', api);
      return reply.kind === 'ok' ? readPage(UPSTREAM, reply.parts, 1, columnsPart(api)) : undefined;
    };
    const days = tableOf('query_history_k_data_plus');
    expect([days?.records.length, days?.columns.length]).toEqual([22, 14]);
    expect(days?.records[0]?.slice(0, 3)).toEqual(['2024-01-02', 'sh.600000', '6.2070789300']);
    expect(tableOf('query_all_stock')?.records.length).toBe(5638);
    expect(tableOf('query_stock_basic')).toEqual({
      columns: ['code', 'code_name', 'ipoDate', 'outDate', 'type', 'status'],
      pageRows: 10_000,
      records: [['sh.600000', '浦发银行', '1999-11-10', '', '1', '1']],
    });
    expect(tableOf('query_adjust_factor')?.records).toEqual([
      ['sh.600000', '2023-07-21', '0.936211', '11.949786', '11.949786'],
    ]);
    expect(tableOf('query_dividend_data')?.columns[5]).toBe('dividRegistDate');
  });

  it.each(['query_history_k_data_plus', 'query_trade_dates', 'query_stock_basic'])(
    'is read however it is split in two: %s',
    (api) => {
      const { response } = readCapture(api);
      const whole = readWhole(response);
      for (let at = 1; at < response.length; at += 1) {
        const reader = new FrameReader(UPSTREAM);
        expect(reader.push(response.subarray(0, at))).toBeUndefined();
        expect(reader.push(response.subarray(at))).toEqual(whole);
      }
    },
  );

  it('is read when it comes byte by byte', () => {
    for (const { response } of [
      readCapture('query_history_k_data_plus'),
      readCapture('query_hs300_stocks'),
    ]) {
      const reader = new FrameReader(UPSTREAM);
      const frames = Array.from(response, (byte) => reader.push(Buffer.from([byte]))).filter(Boolean);
      expect(frames).toEqual([readWhole(response)]);
    }
  });

  it('may be packed with separators, newlines and a terminator inside', () => {
    const body = `0\u0001success\u0001${TERMINATOR.toString('latin1')}${'x\n'.repeat(500)}`;
    const stored = deflateSync(Buffer.from(body), { level: 0 });
    const header = Buffer.from(`00.9.00\u000196\u0001${String(stored.length).padStart(10, '0')}`);
    const bytes = Buffer.concat([header, stored, Buffer.from('\u00011\n'), TERMINATOR]);
    expect(stored.includes(TERMINATOR)).toBe(true);
    expect(readWhole(bytes)?.body).toBe(body);
  });

  it('may be a refusal in the place of a packed answer', () => {
    const bytes = textAnswer('96', '10004012\u0001indicator');
    expect(readWhole(bytes)?.body).toBe('10004012\u0001indicator');
    expect(readWhole(refusal('10001001', '未登录'))).toMatchObject({
      type: '04',
      body: '10001001\u0001未登录',
    });
  });
});

describe('bytes that are no answer of BaoStock', () => {
  const good = textAnswer('34', '0\u0001success\u0001名');

  it.each<[string, Buffer]>([
    ['a greeting of another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    [
      'a wrong checksum',
      Buffer.concat([good.subarray(0, -TERMINATOR.length - 1), Buffer.from('x'), TERMINATOR]),
    ],
    ['a length in bytes', relength(good, 13)],
    ['bytes after the end', Buffer.concat([good, Buffer.from('0')])],
    ['no checksum at all', Buffer.concat([Buffer.from('00.9.00\u000134\u00010000000003abc'), TERMINATOR])],
    [
      'a packed body that is none',
      relength(
        Buffer.concat([Buffer.from('00.9.00\u000196\u00010000000004x\u0001\u0001x\u00011\n'), TERMINATOR]),
        4,
      ),
    ],
    [
      'a packed body without a checksum',
      Buffer.concat([packedAnswer('0').subarray(0, -TERMINATOR.length - 10), TERMINATOR]),
    ],
    [
      'a packed body without an end',
      Buffer.concat([packedAnswer('0').subarray(0, -TERMINATOR.length), Buffer.alloc(30)]),
    ],
    [
      'a body that is not UTF-8',
      Buffer.concat([encodeText('00.9.00', '34', 'x'), TERMINATOR]).fill(0xff, 21, 22),
    ],
  ])('are malformed: %s', (_, bytes) => {
    expect(() => readWhole(bytes)).toThrow(malformed);
  });

  it('are malformed beyond the cap, on the wire, announced or unpacked', () => {
    const endless = new FrameReader(UPSTREAM, 1000);
    endless.push(good.subarray(0, 30));
    expect(() => endless.push(Buffer.alloc(1000))).toThrow(malformed);
    const announced = Buffer.from('00.9.00\u000196\u00019999999999x');
    expect(() => readWhole(announced)).toThrow(malformed);
    expect(() => readWhole(packedAnswer('0'.repeat(200_000)), 10_000)).toThrow(malformed);
  });

  it('are read, waited for or malformed, whatever happens to a captured answer', () => {
    const captures = ['query_history_k_data_plus', 'query_trade_dates', 'query_adjust_factor', 'login'].map(
      readCapture,
    );
    const change = fc.record({ at: fc.nat(1500), put: fc.uint8Array({ maxLength: 3 }), cut: fc.nat(3) });
    fc.assert(
      fc.property(
        fc.constantFrom(...captures),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        ({ api, response }, changes) => {
          const bytes = changes.reduce((all, { at, put, cut }) => {
            const place = at % all.length;
            return Buffer.concat([all.subarray(0, place), put, all.subarray(place + cut)]);
          }, response);
          try {
            const frame = readWhole(bytes);
            const reply = frame && readReply(UPSTREAM, frame.body, api);
            if (reply?.kind === 'ok' && api !== 'login') readPage(UPSTREAM, reply.parts, 1, columnsPart(api));
          } catch (error) {
            expect(isAppError(error, 'malformed')).toBe(true);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

function relength(answer: Buffer, length: number): Buffer {
  return Buffer.concat([
    answer.subarray(0, 11),
    Buffer.from(String(length).padStart(10, '0')),
    answer.subarray(21),
  ]);
}
