/**
 * Puts all rows of the real data through the real protocols into a database, one source after the other,
 * and compares every value there with the file's. TAPEKEEPER_TEST_DATA names the folder.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../packages/server/src/config.ts';
import { openInstallation, type Installation } from '../packages/server/src/main.ts';
import { createLog } from '../packages/server/src/observe/log.ts';
import { testDataFolder } from '../test/support/testData.ts';
import { verifyAkshare } from './verify/akshare.ts';
import { verifyBaostock } from './verify/baostock.ts';
import { verifyTushare } from './verify/tushare.ts';

async function verifyIn(
  data: string,
  verify: (installation: Installation, data: string) => Promise<boolean>,
): Promise<boolean> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tapekeeper-verify-'));
  const env = { TAPEKEEPER_MODE: 'replay', TAPEKEEPER_DATA_DIR: dataDir, TAPEKEEPER_REPLAY_DATA: data };
  const installation = await openInstallation(
    readConfig({ env, flags: {} }),
    createLog('warn', () => []),
  );
  try {
    await installation.worker.start();
    return await verify(installation, data);
  } finally {
    await installation.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const data = testDataFolder();
const results: boolean[] = [];
for (const verify of [verifyBaostock, verifyTushare, verifyAkshare])
  results.push(await verifyIn(data, verify));
process.exitCode = results.every(Boolean) ? 0 : 1;
