import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { forecastDisk } from '../app/statistics/forecastDisk.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { tokenFileOf } from '../http/apiToken.ts';
import { lastBackup } from '../store/backups.ts';
import { connect, sql } from '../store/connection.ts';
import { freeMegabytes } from '../store/dataDir.ts';
import { createStore } from '../store/store.ts';

export { isExposed, lacksName } from './checkDoor.ts';

/** What the database of an up-to-date schema says of how the installation is run. */
export interface OperatingFacts {
  readonly hasAdmin: boolean;
  /** Null where no backup was ever checked. */
  readonly lastBackupMs: number | null;
  /** How much the clock of the database is ahead of that of this machine; give or take the way there and back. */
  readonly clockAheadMs: number;
  /** Days until the disk may be full at the earliest, as it has grown so far; null where that cannot be said. */
  readonly diskDays: number | null;
}

export async function operatingFacts(
  url: string,
  config: Pick<Config, 'dataDir' | 'databaseUrl'>,
): Promise<OperatingFacts> {
  const db = await connect({ url, max: 2, applicationName: 'tapekeeper', statementTimeoutMs: 10_000 });
  try {
    const store = createStore(db);
    const before = systemClock.now();
    const { now } = await db.one(sql<{ now: number }>`SELECT tapekeeper.now() AS now`);
    const between = (before + systemClock.now()) / 2;
    const free = async (): Promise<number | undefined> =>
      config.databaseUrl === null ? freeMegabytes(config.dataDir) : undefined;
    const { left } = await forecastDisk({ store, freeMegabytes: free });
    return {
      hasAdmin: await store.hasAdmin(),
      lastBackupMs: (await lastBackup(db))?.ageMs ?? null,
      clockAheadMs: now - between,
      diskDays: left?.soonest ?? null,
    };
  } finally {
    await db.close();
  }
}

const OTHERS = 0o077;

/** Files that open the installation and that others may read or write. */
export async function exposedFiles(
  config: Pick<Config, 'dataDir' | 'secretKeyFile'>,
): Promise<readonly string[]> {
  if (process.platform === 'win32') return [];
  const files = [tokenFileOf(config.dataDir), config.secretKeyFile ?? join(config.dataDir, 'secret-key')];
  const exposed: string[] = [];
  for (const file of files) {
    const mode = await stat(file).then(
      (found) => found.mode,
      () => 0,
    );
    if ((mode & OTHERS) !== 0) exposed.push(file);
  }
  return exposed;
}
