import { openInstallation, type Installation } from '@tapekeeper/server/main';
import { startServer } from '@tapekeeper/server/server';
import { askInProcess } from '@tapekeeper/server/upkeep/askInProcess';
import { requireDatabase } from '@tapekeeper/server/upkeep/databaseUrls';
import { createClient } from '@tapekeeper/client';
import type { Context } from './context.ts';
import type { Session } from './session.ts';

/** Opens the installation in this process and answers questions; no work is begun, nothing is made. */
export async function openReader({ config, log }: Context): Promise<Session> {
  await requireDatabase(config);
  const installation = await openInstallation(config, log);
  return sessionOver(installation, () => installation.close());
}

/** Opens the installation, made if need be, with a worker, and serves others on a free port meanwhile. */
export async function openWorker({ config, log }: Context): Promise<Session> {
  const installation = await openInstallation(config, log);
  try {
    await installation.worker.start();
    const server = await startServer(installation, { port: 0 });
    return sessionOver(installation, async () => {
      await server.stop();
      await installation.close();
    });
  } catch (error) {
    await installation.close();
    throw error;
  }
}

function sessionOver(installation: Installation, close: () => Promise<void>): Session {
  return { api: createClient(askInProcess(installation)), serverUrl: undefined, close };
}
