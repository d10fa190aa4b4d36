import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlainDay } from '@tapekeeper/core';
import { readConfig } from '../../packages/server/src/config.ts';
import { openInstallation, type Installation } from '../../packages/server/src/main.ts';
import { createLog } from '../../packages/server/src/observe/log.ts';
import { connect, sql, type Database } from '../../packages/server/src/store/connection.ts';

/** A whole installation in a directory of its own, on the embedded PostgreSQL with its usual settings. */
export interface Rig {
  readonly installation: Installation;
  /** As the owner of the schema, who may empty tables; the installation itself may not. */
  readonly owner: Database;
  readonly postgres: string;
  /** Takes out all rows of grids and all that is known of them; lists, calendar and history stay. */
  emptyGrids(): Promise<void>;
  close(): Promise<void>;
}

export interface RigOptions {
  readonly marketDay: PlainDay;
  readonly tushareUrl?: string;
  readonly baostockUrl?: string;
}

/** Budgets do not hold back calls to a replay upstream, so that what is measured is our own work. */
export async function openRig(options: RigOptions): Promise<Rig> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tapekeeper-bench-'));
  const env = {
    TAPEKEEPER_MODE: 'replay',
    TAPEKEEPER_DATA_DIR: dataDir,
    TAPEKEEPER_MARKET_DAY: options.marketDay,
    // an upstream that nobody is to ask is given too, or the installation would start one of its own
    TAPEKEEPER_TUSHARE_URL: options.tushareUrl ?? 'http://127.0.0.1:9',
    TAPEKEEPER_BAOSTOCK_URL: options.baostockUrl ?? 'tcp://127.0.0.1:9',
  };
  const removed = () => rm(dataDir, { recursive: true, force: true });
  try {
    const installation = await openInstallation(
      readConfig({ env, flags: {} }),
      createLog('warn', () => []),
    );
    const owner = await connect({
      url: installation.urls.owner,
      max: 1,
      applicationName: 'bench',
      statementTimeoutMs: 0,
    });
    const { version } = await owner.one(
      sql<{ version: string }>`SELECT current_setting('server_version') AS version`,
    );
    return {
      installation,
      owner,
      postgres: version,
      emptyGrids: () => emptyGrids(owner),
      async close() {
        await owner.close();
        await installation.close();
        await removed();
      },
    };
  } catch (error) {
    await removed();
    throw error;
  }
}

async function emptyGrids(owner: Database): Promise<void> {
  await owner.rows(sql`
    TRUNCATE market.daily_bars, market.daily_basics, market.adj_factors, tapekeeper.coverage_day,
      tapekeeper.coverage_range, tapekeeper.coverage_exception, tapekeeper.revision, tapekeeper.quarantine,
      tapekeeper.row_flag`);
}
