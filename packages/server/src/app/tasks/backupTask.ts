import { shanghaiDay } from '@tapekeeper/core';
import type { Task } from './task.ts';
import { unlessAborted } from './unlessAborted.ts';

/**
 * Writes a backup of the whole database, named by day and run, reads it back, and only then removes older
 * ones: a disk that lies is found out while there is still another backup. Begun again, it writes the same
 * file again.
 */
export const backupTask: Task = async ({ deps, run, signal, plan, step, log }) => {
  const { backups, backupsKept } = deps.tasks;
  await plan([
    { name: 'write', weight: 20 },
    { name: 'check', weight: 5 },
    { name: 'tidy', weight: 1 },
  ]);
  // indexes and dead rows are not backed up, so it never comes to all of it
  const most = await deps.store.databaseBytes();
  const name = `tapekeeper-${shanghaiDay(deps.clock.now())}-${run.id}.backup`;
  const file = await step('write', (tell) =>
    backups.write(name, signal, (bytes) => tell.progress(bytes, Math.max(bytes, most))),
  );
  await step('check', (tell) =>
    unlessAborted(
      signal,
      backups.verify(name, (bytes) => tell.progress(bytes, Math.max(bytes, most))),
    ),
  );
  await deps.store.noteBackup({ runId: run.id, file: file.path, bytes: file.bytes, rows: file.rows });
  const removed = await step('tidy', () => backups.prune(backupsKept));
  await log({
    stream: 'info',
    line: `${file.path}: ${file.rows} rows, ${file.bytes} bytes, read back whole`,
  });
  return { state: 'success', result: { ...file, removed }, error: null };
};
