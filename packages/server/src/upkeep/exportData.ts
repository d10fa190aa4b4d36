import { resolve } from 'node:path';
import { AppError } from '@tapekeeper/core';
import { loadCalendar } from '../app/market.ts';
import { baseQuery, openTable } from '../app/read/readTable.ts';
import { resolveReading, type DataQuestion } from '../app/read/reading.ts';
import { symbolBars } from '../app/read/symbolBars.ts';
import type { Config } from '../config.ts';
import { refuseExisting, writeAtomically } from '../export/atomicFile.ts';
import { FORMATS, type FormatId } from '../export/format.ts';
import { writeQlib, type QlibSummary } from '../export/qlib/writeQlib.ts';
import type { Log } from '../ports/log.ts';
import type { DataSnapshot } from '../ports/dataReader.ts';
import type { Store } from '../ports/store.ts';
import { connect } from '../store/connection.ts';
import { createStore } from '../store/store.ts';
import { withDatabase } from './databaseUrls.ts';

export { FORMAT_IDS, type FormatId } from '../export/format.ts';

/** How far an export has come, in rows as they are stored. */
export interface ExportProgress {
  readonly rows: number;
  readonly total: number;
}

interface ExportWork {
  readonly question: DataQuestion;
  /** Whether what is there already may be replaced. */
  readonly force: boolean;
  readonly onProgress?: (progress: ExportProgress) => void;
  readonly signal?: AbortSignal;
}

export interface FileExport extends ExportWork {
  readonly file: string;
  readonly format: FormatId;
}

export interface FileSummary {
  readonly dataset: string;
  readonly file: string;
  readonly format: FormatId;
  readonly rows: number;
  readonly bytes: number;
}

export interface QlibExport extends ExportWork {
  readonly dir: string;
}

export type { QlibSummary } from '../export/qlib/writeQlib.ts';

/** Writes a table into a file, whether or not a server works on the database. */
export async function exportFile(config: Config, log: Log, work: FileExport): Promise<FileSummary> {
  const { format, force, signal, onProgress } = work;
  const file = resolve(work.file);
  await refuseExisting(file, force);
  return withStore(config, log, async (store) => {
    const reading = await resolveReading(store, work.question);
    const { rows: total } = await inSnapshot(store, (snapshot) => snapshot.count(baseQuery(reading)));
    const table = await openTable(store, reading, {
      kind: 'long',
      onRows: (rows) => onProgress?.({ rows, total }),
    });
    let rows = 0;
    const counted = async function* () {
      for await (const batch of table.batches) {
        rows += batch.length;
        yield batch;
      }
    };
    const chunks = FORMATS[format].encode(table.columns, counted());
    try {
      const bytes = await writeAtomically(file, chunks, { force, signal });
      return { dataset: reading.dataset, file, format, rows, bytes };
    } finally {
      await chunks.return().catch(() => {});
      await table.close();
    }
  });
}

/** Writes daily bars and their factors into a folder that Qlib reads. */
export async function exportQlib(
  config: Config,
  log: Log,
  work: QlibExport,
): Promise<QlibSummary & { readonly dir: string }> {
  const { force, signal, onProgress } = work;
  const dir = resolve(work.dir);
  return withStore(config, log, async (store) => {
    const reading = await resolveReading(store, { ...work.question, dataset: 'daily_bars' });
    const calendar = await loadCalendar({ store });
    return inSnapshot(store, async (snapshot) => {
      const { rows: total, first, last } = await snapshot.count(baseQuery(reading));
      if (first === null || last === null)
        throw new AppError('bad_request', { problem: 'there are no daily bars of that.' });
      const symbols = symbolBars(snapshot, reading, (rows) => onProgress?.({ rows, total }));
      const days = calendar.tradingDays(first, last);
      return { dir, ...(await writeQlib(dir, days, symbols, { force, signal })) };
    });
  });
}

async function withStore<T>(config: Config, log: Log, work: (store: Store) => Promise<T>): Promise<T> {
  return withDatabase(config, log, async (urls) => {
    const db = await connect({
      url: urls.runtime,
      max: 3,
      applicationName: 'tapekeeper export',
      statementTimeoutMs: 0,
    });
    try {
      return await work(createStore(db));
    } finally {
      await db.close();
    }
  });
}

async function inSnapshot<T>(store: Store, work: (snapshot: DataSnapshot) => Promise<T>): Promise<T> {
  const snapshot = await store.openSnapshot('long');
  try {
    return await work(snapshot);
  } finally {
    await snapshot.close();
  }
}
