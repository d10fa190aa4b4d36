import type { Instant } from '@tapekeeper/core';

/**
 * The file: eight bytes `TKBACKUP`, one byte of format version, a zstd stream of records, and eight bytes
 * `TKTHEEND`, so that a file which was cut off is known at a look. A record is one byte of kind, four
 * bytes of length (big endian) and that many bytes:
 *
 * | kind | once | holds |
 * |---|---|---|
 * | header | first | JSON `BackupHeader` |
 * | table | per table, then its data | JSON `TableBegin` |
 * | data | any number | a piece of the table's binary COPY |
 * | tableEnd | after a table's data | JSON `TableEnd` |
 * | sequences | after the tables | JSON list of `SequenceValue` |
 * | trailer | last | JSON `BackupTrailer` |
 */
export const MAGIC = Buffer.from('TKBACKUP', 'latin1');
export const END_MARK = Buffer.from('TKTHEEND', 'latin1');

/** Raised when an older program could misread the file. */
export const FORMAT_VERSION = 1;

export const RECORD = { header: 1, table: 2, data: 3, tableEnd: 4, sequences: 5, trailer: 6 } as const;

export type RecordKind = (typeof RECORD)[keyof typeof RECORD];

export interface BackupRecord {
  readonly kind: RecordKind;
  readonly body: Buffer;
}

export interface BackupHeader {
  /** Of the program that wrote it. */
  readonly productVersion: string;
  /** Number of the newest migration of the database. */
  readonly schemaVersion: number;
  /** Stamp of the database: live or replayed data. */
  readonly mode: string;
  readonly createdAt: Instant;
  /** As in `18.4`. */
  readonly serverVersion: string;
}

export interface TableBegin {
  readonly schema: string;
  readonly name: string;
  /** In the order of the data. */
  readonly columns: readonly Column[];
  /** Partitions at any depth, each after the one that it is a part of. */
  readonly partitions: readonly Partition[];
}

export interface Column {
  readonly name: string;
  /** As `format_type` writes it. */
  readonly type: string;
}

export interface Partition {
  readonly schema: string;
  readonly name: string;
  readonly parentSchema: string;
  readonly parentName: string;
  /** `FOR VALUES …` or `DEFAULT`. */
  readonly bound: string;
  /** `RANGE (…)` where it is partitioned again. */
  readonly partitionedBy: string | null;
}

export interface TableEnd {
  readonly rows: number;
  readonly bytes: number;
  /** Of the data, hexadecimal. */
  readonly sha256: string;
}

export interface SequenceValue {
  readonly schema: string;
  readonly name: string;
  /** A text, since it may be beyond the exact numbers. */
  readonly lastValue: string;
  readonly isCalled: boolean;
}

export interface BackupTrailer {
  readonly tables: number;
  readonly rows: number;
}

export interface BackupSummary extends BackupHeader {
  readonly file: string;
  readonly tables: number;
  readonly rows: number;
  /** Bytes of the tables, before compression. */
  readonly bytes: number;
}

/** How far a backup, a check or a restore has come. */
export interface BackupProgress {
  /** `schema.name` of the table at hand. */
  readonly table: string;
  /** Rows of the tables that are done. */
  readonly rows: number;
  /** Bytes of all tables so far, before compression. */
  readonly bytes: number;
}

const HEAD_BYTES = 5;
/** Far above any record that is written; a longer one is a damaged length. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;

/** The bytes of a record. */
export function encodeRecord(kind: RecordKind, body: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

export function encodeJson(kind: RecordKind, value: unknown): Buffer {
  return encodeRecord(kind, Buffer.from(JSON.stringify(value), 'utf8'));
}

/** Cuts a stream of bytes into records. Throws a plain `Error` that says what is wrong. */
export async function* decodeRecords(chunks: AsyncIterable<Buffer>): AsyncGenerator<BackupRecord> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let at = 0;
    while (held.length - at >= HEAD_BYTES) {
      const kind = recordKind(held.readUInt8(at));
      const length = held.readUInt32BE(at + 1);
      if (length > MAX_RECORD_BYTES) throw new Error(`a record of ${length} bytes is beyond the limit`);
      if (held.length - at < HEAD_BYTES + length) break;
      yield { kind, body: held.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length) };
      at += HEAD_BYTES + length;
    }
    held = held.subarray(at);
  }
  if (held.length > 0) throw new Error('it ends inside a record');
}

function recordKind(byte: number): RecordKind {
  const kind = Object.values(RECORD).find((known) => known === byte);
  if (kind === undefined) throw new Error(`there is no record of kind ${byte}`);
  return kind;
}
