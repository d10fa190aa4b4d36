/**
 * The frames of BaoStock's protocol, as pure bytes.
 *
 *     request   HEADER BODY 01 CRC 0A
 *     answer    HEADER BODY 01 CRC TERMINATOR
 *     packed    HEADER ZLIB(BODY) 01 CRC 0A TERMINATOR
 *     HEADER    version(7) 01 type(2) 01 bodyLength(10 digits)
 *
 * The length counts characters in text and bytes in a packed body; the CRC is that of header and body
 * in text, and of nothing known in a packed answer.
 */

import { crc32 } from 'node:zlib';

export const SEPARATOR = '\u0001';
export const TERMINATOR = Buffer.from('<![CDATA[]]>\n', 'latin1');
export const HEADER_BYTES = 21;

export interface FrameHeader {
  readonly version: string;
  readonly type: string;
  readonly bodyLength: number;
}

const HEADER = /^([\x20-\x7e]{7})\u0001(\d\d)\u0001(\d{10})$/;

/** Reads the first 21 bytes of a frame; undefined when they are no header. */
export function readHeader(bytes: Buffer): FrameHeader | undefined {
  const match = HEADER.exec(bytes.toString('latin1', 0, HEADER_BYTES));
  if (!match) return undefined;
  return { version: match[1] ?? '', type: match[2] ?? '', bodyLength: Number(match[3]) };
}

/** Unicode characters, as the length of a text body counts them. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/**
 * The bytes of a request.
 * @param version seven characters, `00.9.10`
 * @param parts fields of the body in their order
 */
export function encodeRequest(version: string, type: string, parts: readonly string[]): Buffer {
  return Buffer.concat([encodeText(version, type, parts.join(SEPARATOR)), Buffer.from('\n')]);
}

/** Header, body and CRC: what requests and text answers share. */
export function encodeText(version: string, type: string, body: string): Buffer {
  const length = String(countCharacters(body)).padStart(10, '0');
  const text = Buffer.from([version, type, length].join(SEPARATOR) + body);
  return Buffer.concat([text, Buffer.from(`${SEPARATOR}${crc32(text)}`)]);
}
