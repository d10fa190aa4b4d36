import { createHash } from 'node:crypto';
import { AppError } from '@tapekeeper/core';
import { BackupReader } from './backupReader.ts';
import { keyOf } from './catalogue.ts';
import type {
  BackupHeader,
  BackupProgress,
  BackupSummary,
  BackupTrailer,
  SequenceValue,
  TableBegin,
  TableEnd,
} from './format.ts';

/** What is done with the parts of a backup, in the order of the file. */
export interface BackupVisitor {
  /** Gets the pieces of a table's binary COPY, and must take all of them. */
  table(table: TableBegin, data: AsyncIterable<Buffer>): Promise<void>;
  /** The table's data were whole. */
  tableEnd(table: TableBegin, end: TableEnd): Promise<void>;
  sequences(values: readonly SequenceValue[]): Promise<void>;
}

type OnProgress = (progress: BackupProgress) => void;

/** The header alone, without reading the rest. Throws `backup_unreadable`. */
export async function readBackupHeader(file: string): Promise<BackupHeader> {
  const reader = new BackupReader(file);
  try {
    return await reader.json<BackupHeader>('header');
  } finally {
    await reader.close();
  }
}

/** Reads the whole file and checks every sum and count. Throws `backup_unreadable` with what is wrong. */
export async function verifyBackup(file: string, onProgress?: OnProgress): Promise<BackupSummary> {
  return readBackup(file, LOOKS_ONLY, onProgress);
}

/** Reads the whole file through a visitor, checking it on the way; the visitor's errors come through as they are. */
export async function readBackup(
  file: string,
  visitor: BackupVisitor,
  onProgress?: OnProgress,
): Promise<BackupSummary> {
  const reader = new BackupReader(file);
  try {
    const header = await reader.json<BackupHeader>('header');
    const total = { tables: 0, rows: 0, bytes: 0 };
    while ((await reader.peek()) === 'table') {
      const table = await reader.json<TableBegin>('table');
      const tell = () => onProgress?.({ table: keyOf(table), rows: total.rows, bytes: total.bytes });
      const end = await readTable(reader, table, visitor, (bytes) => {
        total.bytes += bytes;
        tell();
      });
      total.tables += 1;
      total.rows += end.rows;
      tell();
    }
    await visitor.sequences(await reader.json<SequenceValue[]>('sequences'));
    const trailer = await reader.json<BackupTrailer>('trailer');
    if (trailer.tables !== total.tables || trailer.rows !== total.rows)
      throw reader.fault('its counts do not agree');
    await reader.expectEnd();
    return { file, ...header, ...total };
  } finally {
    await reader.close();
  }
}

const LOOKS_ONLY: BackupVisitor = {
  async table(_, data) {
    for await (const piece of data) void piece;
  },
  tableEnd: async () => {},
  sequences: async () => {},
};

async function readTable(
  reader: BackupReader,
  table: TableBegin,
  visitor: BackupVisitor,
  onBytes: (bytes: number) => void,
): Promise<TableEnd> {
  const hash = createHash('sha256');
  let bytes = 0;
  const data = async function* (): AsyncGenerator<Buffer> {
    while ((await reader.peek()) === 'data') {
      const { body } = await reader.take('data');
      hash.update(body);
      bytes += body.length;
      onBytes(body.length);
      yield body;
    }
  };
  await visitor.table(table, data());
  if ((await reader.peek()) === 'data') {
    throw new AppError('internal', { message: `the data of ${keyOf(table)} were not read to their end` });
  }
  const end = await reader.json<TableEnd>('tableEnd');
  if (end.bytes !== bytes || end.sha256 !== hash.digest('hex')) {
    throw reader.fault(`the data of ${keyOf(table)} do not match their checksum`);
  }
  await visitor.tableEnd(table, end);
  return end;
}
