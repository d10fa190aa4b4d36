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
export function encodeCopy(columns: readonly Column[], constants: readonly ConstantCell[], rows: readonly Row[]): Buffer {
  let buffer = Buffer.allocUnsafe(Math.max(4096, rows.length * (columns.length + constants.length) * 14));
  let at = SIGNATURE.copy(buffer);
  const tail = constants.map((constant) => Buffer.concat([int32(constant.bytes.length), constant.bytes]));
  const tailBytes = Buffer.concat(tail);
  const fields = columns.length + constants.length;

  const room = (needed: number): void => {
    if (at + needed <= buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + needed));
    buffer.copy(grown, 0, 0, at);
    buffer = grown;
  };

  for (const row of rows) {
    room(2 + columns.length * 12 + tailBytes.length);
    at = buffer.writeInt16BE(fields, at);
    for (const column of columns) {
      const value = row[column.name];
      if (value === null || value === undefined) {
        at = buffer.writeInt32BE(-1, at);
        continue;
      }
      switch (column.type) {
        case 'text': {
          const text = String(value);
          room(4 + text.length * 3 + fields * 12 + tailBytes.length);
          const length = buffer.write(text, at + 4, 'utf8');
          buffer.writeInt32BE(length, at);
          at += 4 + length;
          break;
        }
        case 'double':
          at = buffer.writeInt32BE(8, at);
          at = buffer.writeDoubleBE(Number(value), at);
          break;
        case 'bigint': {
          const number = Number(value);
          at = buffer.writeInt32BE(8, at);
          at = buffer.writeInt32BE(Math.floor(number / 2 ** 32), at);
          at = buffer.writeUInt32BE(((number % 2 ** 32) + 2 ** 32) % 2 ** 32, at);
          break;
        }
        case 'day':
          at = buffer.writeInt32BE(4, at);
          at = buffer.writeInt32BE(daysSincePostgresEpoch(String(value)), at);
          break;
        case 'boolean':
          at = buffer.writeInt32BE(1, at);
          at = buffer.writeUInt8(value ? 1 : 0, at);
          break;
      }
    }
    at += tailBytes.copy(buffer, at);
  }
  room(2);
  at = buffer.writeInt16BE(-1, at);
  return buffer.subarray(0, at);
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
