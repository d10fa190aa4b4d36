import { join } from 'node:path';
import { TUSHARE_SECRET } from '../app/secrets/secrets.ts';
import type { Config } from '../config.ts';
import type { Log } from '../ports/log.ts';
import { connect } from '../store/connection.ts';
import { migrationStatus } from '../store/migrate.ts';
import { openKeyFile, type KeyFile } from '../store/secretKey.ts';
import { createSecretBox } from '../store/secrets.ts';
import { hasDatabase, withDatabase } from './databaseUrls.ts';

export { TUSHARE_SECRET };

/**
 * The token of Tushare that is kept as a secret, which goes before that of the settings. Undefined where none is
 * kept, or no database of this version is there. Throws what the database and the secrets do: a key that is missing
 * or wrong.
 */
export async function keptToken(config: Config, log: Log): Promise<string | undefined> {
  if (config.mode === 'replay' || !(await hasDatabase(config))) return undefined;
  const keyFile = keysWhenNeeded(keyFileOf(config));
  return withDatabase(config, log, ({ runtime }) =>
    withConnection(runtime, async (db) => {
      const { found, pending } = await migrationStatus(db);
      if (found === 0 || pending.length > 0) return undefined;
      return createSecretBox({ db, keyFile }).read(TUSHARE_SECRET);
    }),
  );
}

/** Exchanges the token that is kept; a running server has the new one within seconds. */
export async function keepToken(config: Config, log: Log, token: string, by: string): Promise<void> {
  const keyFile = await openKeyFile(keyFileOf(config), { make: false });
  await withDatabase(config, log, ({ runtime }) =>
    withConnection(runtime, (db) => createSecretBox({ db, keyFile }).keep(TUSHARE_SECRET, token, by)),
  );
}

type Connection = Awaited<ReturnType<typeof connect>>;

async function withConnection<T>(url: string, work: (db: Connection) => Promise<T>): Promise<T> {
  const db = await connect({ url, max: 1, applicationName: 'tapekeeper', statementTimeoutMs: 10_000 });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

function keyFileOf({ secretKeyFile, dataDir }: Config): string {
  return secretKeyFile ?? join(dataDir, 'secret-key');
}

/** Where nothing is kept there need not be a key: the file is read when there is something to open with it. */
function keysWhenNeeded(path: string): KeyFile {
  let opened: KeyFile | undefined;
  return {
    path,
    keys: () => opened?.keys() ?? [],
    async reload() {
      opened = await openKeyFile(path, { make: false });
    },
    write: () => Promise.reject(new Error('keys are only read here')),
  };
}
