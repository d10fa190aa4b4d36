import { join } from 'node:path';
import type { TaskTools } from '../app/tasks/taskTools.ts';
import { systemClock } from '../clock.ts';
import { createCommandRunner } from '../command/commandRunner.ts';
import { secretMask } from '../command/secretMask.ts';
import { environment, type Config } from '../config.ts';
import { createImportFolder } from '../files/importFolder.ts';
import { createExportFolder } from '../export/exportFolder.ts';
import { createBackupFolder } from '../store/backup/backupFolder.ts';
import type { RoleUrls } from '../store/roles.ts';
import { PRODUCT_VERSION } from '../upkeep/productVersion.ts';

/** What runs that are no collection work with: programs, files, backups, how long things are kept. */
export function toolsOf(config: Config, urls: RoleUrls, hidden: ReadonlySet<string>): TaskTools {
  const mask = secretMask(() => [...secretsOf(config, urls), ...hidden]);
  return {
    commands: createCommandRunner({
      programs: config.commands,
      workDir: join(config.dataDir, 'work'),
      roots: config.commandDirs,
      path: environment()['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
      url: config.port === 0 ? null : `http://127.0.0.1:${config.port}`,
      mask,
      clock: systemClock,
    }),
    exporter: createExportFolder(join(config.dataDir, 'exports')),
    exportsKept: config.exportsKept,
    imports: createImportFolder({
      folder: join(config.dataDir, 'imports'),
      mostBytes: config.importMegabytes * 1_000_000,
      mostRows: config.importRows,
      clock: systemClock,
    }),
    backups: createBackupFolder({
      folder: config.backupDir === '' ? join(config.dataDir, 'backups') : config.backupDir,
      url: urls.runtime,
      productVersion: PRODUCT_VERSION,
      mode: config.mode,
      clock: systemClock,
    }),
    backupsKept: config.backupsKept,
    retention: {
      runs: config.keepRunsDays,
      details: config.keepDetailsDays,
      events: config.keepEventsDays,
      quarantine: config.keepQuarantineDays,
    },
    mask,
  };
}

/** What must turn up in no log of a run besides what the box holds: the token, the first admin's password, and those of the database. */
function secretsOf(config: Config, urls: RoleUrls): readonly string[] {
  const addresses = [config.databaseUrl, urls.owner, urls.runtime, urls.reader];
  const passwords = addresses
    .filter((address) => address != null && URL.canParse(address))
    .map((address) => decodeURIComponent(new URL(address as string).password));
  const given = [config.tushareToken, config.adminPassword].filter((secret) => secret !== null);
  return [...new Set([...given, ...passwords])];
}
