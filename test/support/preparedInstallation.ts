import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readConfig } from '../../packages/server/src/config.ts';
import { MIGRATIONS_DIR, readMigrations } from '../../packages/server/src/store/migrate.ts';
import { quietLog } from './quietLog.ts';

const PREFIX = join(tmpdir(), `tapekeeper-test-${process.getuid?.() ?? 'me'}-prepared-`);

/**
 * A data directory of an installation in replay mode, empty and migrated, to be copied: making one takes seconds of
 * work that most tests are not about. It is kept between runs until the schema changes.
 */
export async function preparedInstallation(): Promise<string> {
  const hash = createHash('sha256');
  for (const { checksum } of await readMigrations(MIGRATIONS_DIR)) hash.update(checksum);
  const prepared = PREFIX + hash.digest('hex').slice(0, 16);
  if (await isThere(prepared)) return prepared;
  const made = await mkdtemp(`${PREFIX}making-`);
  // the server of the database may run under another user
  await chmod(made, 0o711);
  const dataDir = join(made, 'data');
  // loaded only here: most runs find one that is there
  const { openInstallation } = await import('../../packages/server/src/main.ts');
  const env = { TAPEKEEPER_MODE: 'replay', TAPEKEEPER_DATA_DIR: dataDir };
  await (await openInstallation(readConfig({ env, flags: {} }), quietLog)).close();
  // a copy takes a port of its own
  await rm(join(dataDir, 'postgres.port'), { force: true });
  // another run may have been quicker
  await rename(dataDir, prepared).catch(() => {});
  await rm(made, { recursive: true, force: true });
  return prepared;
}

/** Owners and times are kept: the server of a database runs under a user of its own. */
export async function copyInstallation(prepared: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', `${prepared}/.`, to]);
}

async function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}
