import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TaskTools } from '../../packages/server/src/app/tasks/taskTools.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import { createCommandRunner, type CommandOptions } from '../../packages/server/src/command/commandRunner.ts';
import { secretMask } from '../../packages/server/src/command/secretMask.ts';
import { createBackupFolder } from '../../packages/server/src/store/backup/backupFolder.ts';
import { createImportFolder } from '../../packages/server/src/files/importFolder.ts';
import { createExportFolder } from '../../packages/server/src/export/exportFolder.ts';

/** Days as the settings have them. */
export const USUAL_DAYS = { runs: 400, details: 90, events: 7, quarantine: 90 };

/** What tasks need where none is run that writes files: no program is allowed. */
export function testTools(): TaskTools {
  return toolsIn(join(tmpdir(), 'tapekeeper-no-tasks'));
}

/** What tasks need, in a folder that is made when something is written into it. */
export function toolsIn(folder: string, commands: Partial<CommandOptions> = {}, databaseUrl = ''): TaskTools {
  const mask = commands.mask ?? secretMask(() => []);
  return {
    commands: createCommandRunner({
      programs: new Map(),
      workDir: join(folder, 'work'),
      roots: [],
      path: '/usr/local/bin:/usr/bin:/bin',
      url: null,
      clock: systemClock,
      graceMs: 500,
      ...commands,
      mask,
    }),
    exporter: createExportFolder(join(folder, 'exports')),
    exportsKept: 2,
    imports: createImportFolder({
      folder: join(folder, 'imports'),
      mostBytes: 1_000_000,
      mostRows: 5_000,
      clock: systemClock,
    }),
    backups: createBackupFolder({
      folder: join(folder, 'backups'),
      url: databaseUrl,
      productVersion: '1.2.3',
      mode: 'replay',
      clock: systemClock,
    }),
    backupsKept: 2,
    retention: USUAL_DAYS,
    mask,
  };
}
