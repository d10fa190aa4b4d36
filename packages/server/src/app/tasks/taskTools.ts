import type { BackupFolder } from '../../ports/backupFolder.ts';
import type { CommandRunner } from '../../ports/commandRunner.ts';
import type { Exporter } from '../../ports/exporter.ts';
import type { ImportFolder } from '../../ports/importFolder.ts';
import type { RetentionDays } from '../../ports/taskStore.ts';

/** What tasks need besides what every use case is given. */
export interface TaskTools {
  readonly commands: CommandRunner;
  readonly exporter: Exporter;
  /** Exports of a data set in a format that are kept. */
  readonly exportsKept: number;
  readonly imports: ImportFolder;
  readonly backups: BackupFolder;
  /** Backups of jobs that are kept. */
  readonly backupsKept: number;
  readonly retention: RetentionDays;
  /** A text without the secrets of the installation. */
  readonly mask: (text: string) => string;
}
