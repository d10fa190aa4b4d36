import type { Config } from '../config.ts';
import { openInstallation } from '../main.ts';
import type { Log } from '../ports/log.ts';
import type { SourceRight } from '../ports/sourceStore.ts';
import { connect } from '../store/connection.ts';
import { createStore } from '../store/store.ts';
import { runningDatabaseUrls } from './databaseUrls.ts';

/** What a source has shown of the right to an interface. */
export type CheckedRight = Omit<SourceRight, 'checkedAt'>;

/** Keeps what was learnt of rights; makes the database if there is none, and works beside a running server. */
export async function saveRights(config: Config, log: Log, rights: readonly CheckedRight[]): Promise<void> {
  const running = await runningDatabaseUrls(config);
  if (running === undefined || config.databaseUrl !== null) {
    const installation = await openInstallation(config, log);
    try {
      for (const right of rights) await installation.deps.store.saveRight(right);
    } finally {
      await installation.close();
    }
    return;
  }
  const db = await connect({
    url: running.runtime,
    max: 1,
    applicationName: 'tapekeeper init',
    statementTimeoutMs: 10_000,
  });
  try {
    const store = createStore(db);
    for (const right of rights) await store.saveRight(right);
  } finally {
    await db.close();
  }
}
