import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { AppError } from '@tapekeeper/core';
import { Client, escapeIdentifier } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { connect, sql, type Transaction } from '../connection.ts';
import { renameDurably, syncFile } from '../embedded/durableFile.ts';
import type { Clock } from '../../ports/clock.ts';
import { keyOf, listSequences, listTables } from './catalogue.ts';
import { encodeJson, encodeRecord, END_MARK, FORMAT_VERSION, MAGIC, RECORD } from './format.ts';
import type {
  BackupHeader,
  BackupProgress,
  BackupSummary,
  BackupTrailer,
  TableBegin,
  TableEnd,
} from './format.ts';
import { openCopy } from '../openCopy.ts';

export interface BackupOptions {
  /** A role that may read everything: the owner or the runtime. */
  readonly url: string;
  /** Where the backup goes; it appears there only when it is whole. */
  readonly file: string;
  readonly productVersion: string;
  /** Stamp of the database, kept in the header. */
  readonly mode: string;
  readonly clock: Clock;
  /** Tables (`schema.name`) whose rows mean nothing elsewhere. */
  readonly leaveOut?: readonly string[];
  readonly onProgress?: (progress: BackupProgress) => void;
  readonly signal?: AbortSignal;
}

const ZSTD_LEVEL = 3;
/** Such a file holds whatever the database holds. */
const PRIVATE = 0o600;

/**
 * Writes all tables as of one moment into a file, while everybody else goes on working. A backup that
 * fails or is aborted (`interrupted`) leaves nothing behind, and what was at `file` before stays.
 */
export async function writeBackup(options: BackupOptions): Promise<BackupSummary> {
  const fresh = `${options.file}.new-${randomUUID().slice(0, 8)}`;
  try {
    const summary = await writeInto(fresh, options);
    await syncFile(fresh);
    await renameDurably(fresh, options.file);
    return summary;
  } catch (error) {
    await rm(fresh, { force: true });
    throw options.signal?.aborted ? new AppError('interrupted', {}, error) : error;
  }
}

async function writeInto(path: string, options: BackupOptions): Promise<BackupSummary> {
  const db = await connect({
    url: options.url,
    max: 1,
    applicationName: 'tapekeeper backup',
    statementTimeoutMs: 0,
  });
  try {
    return await db.transaction((tx) => writeRecords(tx, path, options));
  } finally {
    await db.close();
  }
}

async function writeRecords(tx: Transaction, path: string, options: BackupOptions): Promise<BackupSummary> {
  await tx.rows(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`);
  await tx.rows(sql`SET LOCAL idle_in_transaction_session_timeout = 0`);
  const header = await readHeader(tx, options);
  const tables = await listTables(tx, options.leaveOut ?? []);
  const total = { tables: tables.length, rows: 0, bytes: 0 };
  const records = async function* (): AsyncGenerator<Buffer> {
    yield encodeJson(RECORD.header, header);
    for (const table of tables) {
      const rowsBefore = total.rows;
      yield encodeJson(RECORD.table, table);
      const end = yield* copyTable(tx, table, (bytes) => {
        total.bytes += bytes;
        options.onProgress?.({ table: keyOf(table), rows: rowsBefore, bytes: total.bytes });
      });
      total.rows += end.rows;
      yield encodeJson(RECORD.tableEnd, end);
      options.onProgress?.({ table: keyOf(table), rows: total.rows, bytes: total.bytes });
    }
    yield encodeJson(RECORD.sequences, await listSequences(tx));
    yield encodeJson(RECORD.trailer, { tables: total.tables, rows: total.rows } satisfies BackupTrailer);
  };
  const compress = createZstdCompress({
    params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  const target = createWriteStream(path, { flags: 'wx', mode: PRIVATE });
  await pipeline(records, compress, framed, target, options.signal ? { signal: options.signal } : {});
  return { ...header, ...total, file: options.file };
}

async function* framed(compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield Buffer.concat([MAGIC, Buffer.from([FORMAT_VERSION])]);
  yield* compressed;
  yield END_MARK;
}

async function readHeader(tx: Transaction, options: BackupOptions): Promise<BackupHeader> {
  const { schemaVersion, serverVersion } = await tx.one(sql<{ schemaVersion: number; serverVersion: string }>`
    SELECT coalesce(max(version), 0) AS "schemaVersion", current_setting('server_version') AS "serverVersion"
    FROM tapekeeper.migration`);
  const { productVersion, mode, clock } = options;
  return { productVersion, schemaVersion, mode, createdAt: clock.now(), serverVersion };
}

async function* copyTable(
  tx: Transaction,
  table: TableBegin,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer, TableEnd> {
  const columns = table.columns.map((column) => escapeIdentifier(column.name)).join(', ');
  const from = `${escapeIdentifier(table.schema)}.${escapeIdentifier(table.name)}`;
  const copy = openCopy(tx.client, copyTo(`COPY (SELECT ${columns} FROM ${from}) TO STDOUT (FORMAT binary)`));
  const hash = createHash('sha256');
  let bytes = 0;
  let whole = false;
  try {
    for await (const chunk of copy as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
      onBytes(chunk.length);
      yield encodeRecord(RECORD.data, chunk);
    }
    whole = true;
  } finally {
    // the rest of a COPY that nobody wants any more can only be cut off with its connection
    if (!whole && tx.client instanceof Client) await tx.client.end();
  }
  // the count comes with the end of the command, which the next statement waits for
  await tx.rows(sql`SELECT`);
  return { rows: copy.rowCount, bytes, sha256: hash.digest('hex') };
}
