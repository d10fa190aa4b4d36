import { setTimeout as sleep } from 'node:timers/promises';
import { isAppError } from '@tapekeeper/core';
import { openInstallation } from '@tapekeeper/server/main';
import { findServer, startServer } from '@tapekeeper/server/server';
import { askInProcess } from '@tapekeeper/server/upkeep/askInProcess';
import { requireDatabase } from '@tapekeeper/server/upkeep/databaseUrls';
import type { Api } from './api.ts';
import { askServer, createClient } from './client.ts';
import type { Context } from './context.ts';

/** An open way to ask an installation. */
export interface Session {
  readonly api: Api;
  /** Address of the server that is asked; undefined when this process answers itself. */
  readonly serverUrl: string | undefined;
  close(): Promise<void>;
}

/** For questions only: a running server answers, or this process does, without beginning any work. */
export async function openForReading(context: Context): Promise<Session> {
  const found = await sessionOfServer(context);
  if (found) return found;
  await requireDatabase(context.config);
  const installation = await openInstallation(context.config, context.log);
  return { api: createClient(askInProcess(installation)), serverUrl: undefined, close: () => installation.close() };
}

/**
 * For work: a running server does it, or this process with a worker of its own. That one serves the
 * interface too, on a free port, so that commands given meanwhile find it.
 */
export async function openForWorking(context: Context): Promise<Session> {
  return (await sessionOfServer(context)) ?? workHere(context);
}

/** How long another process may take to give the directory up, or to begin to answer. */
const HANDOVER_MS = 30_000;
const LOOK_EVERY_MS = 300;

/** The same after the process that did the work has gone: whoever takes over, or this process. */
export async function reopenForWorking(context: Context): Promise<Session> {
  const giveUpAt = performance.now() + HANDOVER_MS;
  for (;;) {
    try {
      return await openForWorking(context);
    } catch (error) {
      if (!isAppError(error, 'data_dir_busy') || performance.now() > giveUpAt) throw error;
      await sleep(LOOK_EVERY_MS);
    }
  }
}

async function sessionOfServer(context: Context): Promise<Session | undefined> {
  const found = await findServer(context.config.dataDir);
  return found && { api: createClient(askServer(found)), serverUrl: found.url, close: async () => {} };
}

async function workHere(context: Context): Promise<Session> {
  const installation = await openInstallation(context.config, context.log);
  try {
    await installation.worker.start();
    const server = await startServer(installation, { port: 0 });
    return {
      api: createClient(askInProcess(installation)),
      serverUrl: undefined,
      async close() {
        await server.stop();
        await installation.close();
      },
    };
  } catch (error) {
    await installation.close();
    throw error;
  }
}
