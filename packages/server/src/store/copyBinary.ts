import type { Column, Row } from '@tapekeeper/core';

/**
 * PostgreSQL's binary COPY form, written straight into one growing buffer: doubles and days cost a
 * few instructions, where the text form would print and parse every number.
 */
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const POSTGRES_EPOCH_DAY = 10_957;
const POSTGRES_EPOCH_MS = 946_684_800_000;

/** A column whose value is the same in all rows, already in PostgreSQL's binary form. */
export interface ConstantCell {
  readonly name: string;
  readonly bytes: Buffer;
}

export function textCell(name: string, value: string): ConstantCell {
  return { name, bytes: Buffer.from(value, 'utf8') };
}

export function bigintCell(name: string, value: number): ConstantCell {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return { name, bytes };
}

export function instantCell(name: string, epochMs: number): ConstantCell {
  return bigintCell(name, Math.round((epochMs - POSTGRES_EPOCH_MS) * 1000));
}

/** The rows as one COPY stream; absent values are null. */
export function encodeCopy(
  columns: readonly Column[],
  constants: readonly ConstantCell[],
  rows: readonly Row[],
): Buffer {
  const bytes = new GrowingBytes(Math.max(4096, rows.length * (columns.length + constants.length) * 14));
  bytes.append(SIGNATURE);
  const tail = Buffer.concat(constants.flatMap((constant) => [int32(constant.bytes.length), constant.bytes]));
  const fields = columns.length + constants.length;
  for (const row of rows) {
    // all that is not text has at most 12 bytes; texts ask for more by themselves
    bytes.reserve(2 + columns.length * 12 + tail.length);
    bytes.int16(fields);
    for (const column of columns)
      writeCell(bytes, column, row[column.name], columns.length * 12 + tail.length);
    bytes.append(tail);
  }
  bytes.reserve(2);
  bytes.int16(-1);
  return bytes.written();
}

/** One cell with its length before it; `after` bytes stay reserved for what comes behind a text. */
function writeCell(bytes: GrowingBytes, column: Column, value: Row[string] | undefined, after: number): void {
  if (value === null || value === undefined) {
    bytes.int32(-1);
    return;
  }
  switch (column.type) {
    case 'text':
      bytes.text(String(value), after);
      break;
    case 'double':
      bytes.int32(8);
      bytes.double(Number(value));
      break;
    case 'bigint': {
      const number = Number(value);
      bytes.int32(8);
      bytes.int32(Math.floor(number / 2 ** 32));
      bytes.int32(number % 2 ** 32);
      break;
    }
    case 'day':
      bytes.int32(4);
      bytes.int32(daysSincePostgresEpoch(String(value)));
      break;
    case 'instant': {
      const micros = Math.round((Number(value) - POSTGRES_EPOCH_MS) * 1000);
      bytes.int32(8);
      bytes.int32(Math.floor(micros / 2 ** 32));
      bytes.int32(micros % 2 ** 32);
      break;
    }
    case 'json':
      bytes.json(String(value), after);
      break;
    case 'boolean':
      bytes.int32(1);
      bytes.int8(value ? 1 : 0);
      break;
  }
}

/** A buffer that is written from front to back. Only `reserve`, `text` and `append` make room. */
class GrowingBytes {
  #buffer: Buffer;
  /** Typed writes through a view are single instructions; those of Buffer are calls with checks. */
  #view: DataView;
  #at = 0;

  constructor(capacity: number) {
    this.#buffer = Buffer.allocUnsafeSlow(capacity);
    this.#view = viewOf(this.#buffer);
  }

  reserve(needed: number): void {
    if (this.#at + needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#at + needed));
    this.#buffer.copy(grown, 0, 0, this.#at);
    this.#buffer = grown;
    this.#view = viewOf(grown);
  }

  int8(value: number): void {
    this.#view.setInt8(this.#at, value);
    this.#at += 1;
  }

  int16(value: number): void {
    this.#view.setInt16(this.#at, value);
    this.#at += 2;
  }

  /** Takes what is beyond 32 bits off, as two's complement does. */
  int32(value: number): void {
    this.#view.setInt32(this.#at, value);
    this.#at += 4;
  }

  double(value: number): void {
    this.#view.setFloat64(this.#at, value);
    this.#at += 8;
  }

  append(bytes: Buffer): void {
    this.reserve(bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** The text with its length before it. */
  text(text: string, after: number): void {
    this.reserve(4 + text.length * 3 + after);
    const length = this.#writeAscii(text) ? text.length : this.#buffer.write(text, this.#at + 4, 'utf8');
    this.int32(length);
    this.#at += length;
  }

  /** The binary form of jsonb: a version, then the text. */
  json(text: string, after: number): void {
    this.reserve(5 + text.length * 3 + after);
    const length = this.#buffer.write(text, this.#at + 5, 'utf8');
    this.int32(length + 1);
    this.int8(1);
    this.#at += length;
  }

  written(): Buffer {
    return this.#buffer.subarray(0, this.#at);
  }

  /** Symbols are short and plain: letter by letter they cost less than one call into the encoder. */
  #writeAscii(text: string): boolean {
    if (text.length > SHORT_TEXT) return false;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) return false;
      this.#buffer[this.#at + 4 + index] = code;
    }
    return true;
  }
}

const SHORT_TEXT = 24;

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

const dayCache = new Map<string, number>();

function daysSincePostgresEpoch(day: string): number {
  let number = dayCache.get(day);
  if (number === undefined) {
    number = Math.floor(Date.parse(`${day}T00:00:00Z`) / 86_400_000) - POSTGRES_EPOCH_DAY;
    if (dayCache.size > 50_000) dayCache.clear();
    dayCache.set(day, number);
  }
  return number;
}
