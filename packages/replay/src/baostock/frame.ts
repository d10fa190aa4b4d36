import { crc32, deflateSync } from 'node:zlib';

/**
 * Frames of the BaoStock protocol. A header of 21 bytes (version, type, length of the body) is
 * followed by the body, a separator and a CRC. Answers end with a terminator; a request with a line feed.
 */

export const SEPARATOR = '\u0001';
export const TERMINATOR = Buffer.from('<![CDATA[]]>\n');
export const HEADER_BYTES = 21;
const SERVER_VERSION = '00.9.00';
/** The level whose stream begins with 78 01, as the real server's does. */
const FASTEST = 1;

export interface RequestFrame {
  readonly version: string;
  readonly type: string;
  /** Parts of the body; the first is the method. */
  readonly parts: readonly string[];
}

export function encodeRequest(version: string, type: string, parts: readonly string[]): Buffer {
  const body = parts.join(SEPARATOR);
  const framed = Buffer.from(header(version, type, characters(body)) + body);
  return Buffer.concat([framed, Buffer.from(`${SEPARATOR}${crc32(framed)}\n`)]);
}

/** Reads a request without its line feed; undefined when header or CRC is wrong. */
export function decodeRequest(line: Buffer): RequestFrame | undefined {
  const end = line.lastIndexOf(SEPARATOR);
  if (end < HEADER_BYTES) return undefined;
  const framed = line.subarray(0, end);
  const [version, type, length] = framed.subarray(0, HEADER_BYTES).toString('latin1').split(SEPARATOR);
  if (version?.length !== 7 || !/^\d\d$/.test(type ?? '') || !/^\d{10}$/.test(length ?? '')) return undefined;
  if (line.subarray(end + 1).toString('latin1') !== String(crc32(framed))) return undefined;
  const body = framed.subarray(HEADER_BYTES).toString('utf8');
  // Clients count characters; a count of bytes is accepted too.
  if (Number(length) !== characters(body) && Number(length) !== framed.length - HEADER_BYTES)
    return undefined;
  return { version, type: type!, parts: body.split(SEPARATOR) };
}

/** A plain answer. Its length counts characters, and no line feed comes before the terminator. */
export function encodeText(type: string, body: string): Buffer {
  const framed = Buffer.from(header(SERVER_VERSION, type, characters(body)) + body);
  return Buffer.concat([framed, Buffer.from(`${SEPARATOR}${crc32(framed)}`), TERMINATOR]);
}

/**
 * A packed answer. Its length counts bytes of the zlib stream. What the real server's CRC covers is
 * not known and no client checks it; here it covers header and stream.
 */
export function encodePacked(type: string, body: string): Buffer {
  return framePacked(type, deflateSync(body, { level: FASTEST }));
}

/** The frame of a stream that is already packed, with the CRC given or computed. */
export function framePacked(type: string, stream: Buffer, crc?: number): Buffer {
  const framed = Buffer.concat([Buffer.from(header(SERVER_VERSION, type, stream.length)), stream]);
  return Buffer.concat([framed, Buffer.from(`${SEPARATOR}${crc ?? crc32(framed)}\n`), TERMINATOR]);
}

function header(version: string, type: string, length: number): string {
  return [version, type, String(length).padStart(10, '0')].join(SEPARATOR);
}

/** Characters as the other side counts them: a surrogate pair is one. */
function characters(text: string): number {
  return text.length - (text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0);
}
