import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '@tapekeeper/core';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { openInstallation } from '../main.ts';
import type { Log } from '../ports/log.ts';
import type { BackupProgress, BackupSummary } from '../store/backup/format.ts';
import { readBackupHeader, verifyBackup } from '../store/backup/readBackup.ts';
import { REPLACED, restoreBackup } from '../store/backup/restoreBackup.ts';
import { writeBackup } from '../store/backup/writeBackup.ts';
import { noteBackup } from '../store/backups.ts';
import { connect } from '../store/connection.ts';
import { withDatabase } from './databaseUrls.ts';
import { databaseFacts } from './databaseFacts.ts';
import { PRODUCT_VERSION } from './productVersion.ts';

export type { BackupProgress, BackupSummary } from '../store/backup/format.ts';

export interface BackupWork {
  readonly file: string;
  readonly onProgress?: (progress: BackupProgress) => void;
  readonly signal?: AbortSignal;
}

/** Filled by every opening from the settings; a backup brings its own. */
const FILLED_AT_OPENING = ['tapekeeper.budget', 'tapekeeper.host_budget'];

/** Writes a backup of the database, whether or not a server works on it. */
export async function backUp(config: Config, log: Log, work: BackupWork): Promise<BackupSummary> {
  return withDatabase(config, log, async (urls) => {
    const { mode, schema } = await databaseFacts(urls.runtime);
    const file = resolve(work.file);
    const summary = await writeBackup({
      ...work,
      file,
      url: urls.runtime,
      productVersion: PRODUCT_VERSION,
      mode: mode ?? config.mode,
      clock: systemClock,
    }).catch((error: unknown) => {
      throw isFileError(error)
        ? new AppError('file_unwritable', { file, message: error.message }, error)
        : error;
    });
    // a database of an older program has no place for it
    if (schema.pending.length === 0) await noteByHand(urls.runtime, summary);
    return summary;
  });
}

async function noteByHand(url: string, { file, rows }: BackupSummary): Promise<void> {
  await verifyBackup(file);
  const db = await connect({ url, max: 1, applicationName: 'tapekeeper', statementTimeoutMs: 10_000 });
  try {
    await noteBackup(db, { runId: null, file, bytes: (await stat(file)).size, rows });
  } finally {
    await db.close();
  }
}

/** Of the operating system about a path; those of the database have no path. */
function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

/**
 * Fills a new, empty installation from a backup. The header is read before anything is made, so that a
 * missing file, or one of the other mode, leaves no directory behind.
 */
export async function restore(config: Config, log: Log, work: BackupWork): Promise<BackupSummary> {
  const file = resolve(work.file);
  const header = await readBackupHeader(file);
  if (header.mode !== config.mode)
    throw new AppError('mode_mismatch', { stamped: header.mode, asked: config.mode });
  const installation = await openInstallation(config, log);
  try {
    const replace = [...REPLACED, ...FILLED_AT_OPENING];
    return await restoreBackup({ ...work, file, url: installation.urls.owner, replace });
  } finally {
    await installation.close();
  }
}
