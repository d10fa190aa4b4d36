import { crc32, inflateSync } from 'node:zlib';
import { AppError } from '@tapekeeper/core';
import type { Upstream } from '../watch.ts';
import {
  countCharacters,
  HEADER_BYTES,
  readHeader,
  SEPARATOR,
  TERMINATOR,
  type FrameHeader,
} from './frame.ts';

/** A whole answer, its body unpacked. */
export interface Frame {
  readonly type: string;
  readonly body: string;
  /** Bytes on the wire. */
  readonly wireBytes: number;
}

/** Cap on an answer, on the wire and unpacked: hundreds of times a full page of rows. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;

const PACKED_TYPE = '96';
/** First byte of a zlib stream; an error in the place of a packed answer begins with a digit. */
const ZLIB_MARK = 0x78;
/** Separator, ten digits, newline, terminator. */
const PACKED_TAIL_BYTES = 1 + 10 + 1 + TERMINATOR.length;
const PACKED_TAIL = /^\u0001\d{1,10}\n$/;
const FIRST_CAPACITY = 64 * 1024;

/**
 * Collects the bytes of one answer, however they are split. `push` gives the frame once the terminator
 * is in, and throws `malformed` for anything that is no frame, for a wrong CRC or length of a text
 * answer, for more than `maxBytes`, and for bytes after the end.
 */
export class FrameReader {
  readonly #upstream: Upstream;
  readonly #maxBytes: number;
  #bytes = Buffer.alloc(FIRST_CAPACITY);
  #length = 0;
  #header: FrameHeader | undefined;
  /** Up to here no terminator begins. */
  #searchedTo = HEADER_BYTES;

  constructor(upstream: Upstream, maxBytes: number = MAX_FRAME_BYTES) {
    this.#upstream = upstream;
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): Frame | undefined {
    this.#append(chunk);
    if (this.#length < HEADER_BYTES) return undefined;
    this.#header ??= this.#readHeader();
    return this.#header.type === PACKED_TYPE && this.#mayBePacked()
      ? this.#readPacked(this.#header)
      : this.#readText(this.#header);
  }

  #append(chunk: Buffer): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#maxBytes) throw this.#malformed(`the answer is larger than ${this.#maxBytes} bytes.`);
    if (needed > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    chunk.copy(this.#bytes, this.#length);
    this.#length = needed;
  }

  #readHeader(): FrameHeader {
    const header = readHeader(this.#bytes);
    if (header === undefined) throw this.#malformed('the answer does not begin with a header.');
    if (header.bodyLength > this.#maxBytes) throw this.#malformed(`it announces ${header.bodyLength} bytes.`);
    return header;
  }

  #mayBePacked(): boolean {
    return this.#length === HEADER_BYTES || this.#bytes[HEADER_BYTES] === ZLIB_MARK;
  }

  #readPacked(header: FrameHeader): Frame | undefined {
    const bodyEnd = HEADER_BYTES + header.bodyLength;
    if (this.#length <= bodyEnd) return undefined;
    const tail = this.#bytes.subarray(bodyEnd, this.#length);
    const terminatorAt = tail.indexOf(TERMINATOR);
    if (terminatorAt < 0) {
      if (tail.length >= PACKED_TAIL_BYTES)
        throw this.#malformed('a packed answer does not end where it should.');
      return undefined;
    }
    if (!PACKED_TAIL.test(tail.toString('latin1', 0, terminatorAt)))
      throw this.#malformed('a packed answer has no CRC.');
    this.#refuseMore(bodyEnd + terminatorAt + TERMINATOR.length);
    const packed = this.#bytes.subarray(HEADER_BYTES, bodyEnd);
    return { type: header.type, body: this.#decode(this.#unpack(packed)), wireBytes: this.#length };
  }

  #readText(header: FrameHeader): Frame | undefined {
    const terminatorAt = this.#bytes.subarray(0, this.#length).indexOf(TERMINATOR, this.#searchedTo);
    if (terminatorAt < 0) {
      this.#searchedTo = Math.max(HEADER_BYTES, this.#length - TERMINATOR.length + 1);
      return undefined;
    }
    this.#refuseMore(terminatorAt + TERMINATOR.length);
    const separatorAt = this.#bytes.lastIndexOf(SEPARATOR, terminatorAt);
    const crc = this.#bytes.toString('latin1', separatorAt + 1, terminatorAt);
    if (separatorAt < HEADER_BYTES || crc !== String(crc32(this.#bytes.subarray(0, separatorAt)))) {
      throw this.#malformed('the checksum of the answer is wrong.');
    }
    const body = this.#decode(this.#bytes.subarray(HEADER_BYTES, separatorAt));
    if (countCharacters(body) !== header.bodyLength)
      throw this.#malformed('the length of the answer is wrong.');
    return { type: header.type, body, wireBytes: this.#length };
  }

  #refuseMore(end: number): void {
    if (this.#length > end)
      throw this.#malformed(`${this.#length - end} bytes follow the end of the answer.`);
  }

  #unpack(packed: Buffer): Buffer {
    try {
      return inflateSync(packed, { maxOutputLength: this.#maxBytes });
    } catch (cause) {
      throw this.#malformed('a packed answer cannot be unpacked.', cause);
    }
  }

  #decode(bytes: Buffer): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (cause) {
      throw this.#malformed('the answer is not UTF-8.', cause);
    }
  }

  #malformed(message: string, cause?: unknown): AppError {
    return new AppError('malformed', { ...this.#upstream, message }, cause);
  }
}
