import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '@tapekeeper/core';
import type { BackupFolder } from '../../ports/backupFolder.ts';
import type { Clock } from '../../ports/clock.ts';
import { verifyBackup } from './readBackup.ts';
import { writeBackup } from './writeBackup.ts';

export interface BackupFolderOptions {
  readonly folder: string;
  /** A role that may read everything. */
  readonly url: string;
  readonly productVersion: string;
  readonly mode: string;
  readonly clock: Clock;
}

/** Whatever the database holds is in there. */
const OWNER_ONLY = 0o700;
const BACKUP = /^tapekeeper-\d{4}-\d{2}-\d{2}-(\d+)\.backup$/;
const PART = /^tapekeeper-\d{4}-\d{2}-\d{2}-\d+\.backup\.new-/;

/** A folder that is made when the first backup is written into it. */
export function createBackupFolder({ folder, ...options }: BackupFolderOptions): BackupFolder {
  const dir = resolve(folder);
  return {
    async write(name, signal, onBytes) {
      const path = join(dir, name);
      try {
        await mkdir(dir, { recursive: true, mode: OWNER_ONLY });
        // a former attempt at the same file may have been killed
        await removeAll(
          dir,
          (await readdir(dir)).filter((entry) => entry.startsWith(`${name}.new-`)),
        );
        const { rows, tables } = await writeBackup({
          ...options,
          file: path,
          signal,
          onProgress: ({ bytes }) => onBytes(bytes),
        });
        return { path, rows, tables, bytes: (await stat(path)).size };
      } catch (error) {
        if (!isFileError(error)) throw error;
        throw new AppError('file_unwritable', { file: path, message: error.message }, error);
      }
    },
    async verify(name, onBytes) {
      await verifyBackup(join(dir, name), ({ bytes }) => onBytes(bytes));
    },
    async prune(keep) {
      const names = await readdir(dir);
      const old = backupsOf(names).slice(keep);
      await removeAll(dir, old);
      // one backup is made at a time, so that other parts are nobody's any more
      await removeAll(
        dir,
        names.filter((name) => PART.test(name)),
      );
      return old;
    },
  };
}

/** Of the operating system about a path; those of the database have no path. */
function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

async function removeAll(dir: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(dir, name), { force: true });
}

/** Backups of jobs, the newest run first; other files of the folder are nobody's business. */
function backupsOf(names: readonly string[]): readonly string[] {
  return names
    .flatMap((name) => {
      const run = BACKUP.exec(name)?.[1];
      return run === undefined ? [] : [{ name, run: Number(run) }];
    })
    .toSorted((a, b) => b.run - a.run)
    .map(({ name }) => name);
}
