import { readFileSync } from 'node:fs';
import { deflateSync, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeAnswer } from '../../test/baostockClient.ts';
import {
  decodeRequest,
  encodePacked,
  encodeRequest,
  encodeText,
  framePacked,
  HEADER_BYTES,
  SEPARATOR,
  TERMINATOR,
} from './frame.ts';

/** Bytes of the real server. */
function captured(api: string, part: 'request' | 'response'): Buffer {
  return readFileSync(new URL(`../../test-data/baostock/${api}/${part}.bin`, import.meta.url));
}

const TEXTS = ['login', 'logout', 'query_adjust_factor', 'query_stock_basic', 'query_trade_dates'];

test.each([...TEXTS, 'query_history_k_data_plus'])(
  'reads and writes the captured request of %s byte for byte',
  (api) => {
    const bytes = captured(api, 'request');
    const frame = decodeRequest(bytes.subarray(0, -1));
    expect(frame?.parts[0]).toBe(api);
    expect(encodeRequest(frame!.version, frame!.type, frame!.parts)).toEqual(bytes);
  },
);

test.each(TEXTS)('writes the captured answer of %s byte for byte', (api) => {
  const bytes = captured(api, 'response');
  const { type, parts } = decodeAnswer(bytes);
  expect(encodeText(type, parts.join(SEPARATOR))).toEqual(bytes);
});

test('counts characters, not bytes, in the header of a text answer', () => {
  const bytes = captured('query_stock_basic', 'response');
  const length = Number(bytes.subarray(11, HEADER_BYTES).toString());
  const body = decodeAnswer(bytes).parts.join(SEPARATOR);
  expect(body).toContain('浦发银行');
  expect(length).toBe(body.length);
  expect(encodeText('46', '😀').subarray(11, HEADER_BYTES).toString()).toBe('0000000001');
});

test('frames the captured stream of a packed answer byte for byte', () => {
  const bytes = captured('query_history_k_data_plus', 'response');
  const length = Number(bytes.subarray(11, HEADER_BYTES).toString());
  const stream = bytes.subarray(HEADER_BYTES, HEADER_BYTES + length);
  expect(framePacked('96', stream, 494239084)).toEqual(bytes);
});

test('packs an answer whose stream begins as the captured one and unpacks to the same text', () => {
  const bytes = captured('query_history_k_data_plus', 'response');
  const body = decodeAnswer(bytes).parts.join(SEPARATOR);
  const packed = encodePacked('96', body);
  const length = Number(packed.subarray(11, HEADER_BYTES).toString());
  expect(packed.subarray(0, 11)).toEqual(bytes.subarray(0, 11));
  expect(packed.subarray(HEADER_BYTES, HEADER_BYTES + 2)).toEqual(
    bytes.subarray(HEADER_BYTES, HEADER_BYTES + 2),
  );
  expect(inflateSync(packed.subarray(HEADER_BYTES, HEADER_BYTES + length)).toString()).toBe(body);
  const tail = packed.subarray(HEADER_BYTES + length).toString('latin1');
  expect(tail).toMatch(/^\u0001\d+\n<!\[CDATA\[\]\]>\n$/);
  expect(tail.endsWith(TERMINATOR.toString())).toBe(true);
});

test('refuses a request with a wrong CRC, a wrong length or a broken header', () => {
  const good = encodeRequest('00.9.10', '33', ['query_trade_dates', 'anonymous']).subarray(0, -1);
  expect(decodeRequest(good)).toBeDefined();
  expect(decodeRequest(Buffer.from(good.toString().replace('anonymous', 'anonymouS')))).toBeUndefined();
  expect(decodeRequest(Buffer.concat([good, Buffer.from('1')]))).toBeUndefined();
  expect(decodeRequest(Buffer.from('hello'))).toBeUndefined();
  expect(decodeRequest(Buffer.alloc(0))).toBeUndefined();
  expect(decodeRequest(deflateSync('noise'))).toBeUndefined();
});
