import { setTimeout as sleep } from 'node:timers/promises';
import { isAppError } from '@tapekeeper/core';
import { findServer, type FoundServer } from '@tapekeeper/server/upkeep/findServer';
import type { Api } from '@tapekeeper/client';
import { askServer, createClient } from '@tapekeeper/client';
import type { Context } from './context.ts';
import { remoteServer } from './remoteServer.ts';

/** An open way to ask an installation. */
export interface Session {
  readonly api: Api;
  /** Address of the server that is asked; undefined when this process answers itself. */
  readonly serverUrl: string | undefined;
  close(): Promise<void>;
}

/** How long another command may take to end; its work is short. */
const SHORT_WAIT_MS = 5_000;
/** How long a process that did the work may take to give the directory up, or another to begin to answer. */
const HANDOVER_MS = 30_000;
const LOOK_EVERY_MS = 300;

/** For questions only: a running server answers, or this process does, without beginning any work. */
export function openForReading(context: Context): Promise<Session> {
  return patiently(SHORT_WAIT_MS, async () => (await sessionOfServer(context)) ?? readHere(context));
}

/**
 * For work: a running server does it, or this process with a worker of its own. That one serves the
 * interface too, on a free port, so that commands given meanwhile find it.
 */
export function openForWorking(context: Context): Promise<Session> {
  return patiently(SHORT_WAIT_MS, async () => (await sessionOfServer(context)) ?? workHere(context));
}

/** The same after the process that did the work has gone: whoever takes over, or this process. */
export function reopenForWorking(context: Context): Promise<Session> {
  return patiently(HANDOVER_MS, () => openForWorking(context));
}

/** Opens again and again while another process holds the directory and does not answer. */
async function patiently(patienceMs: number, open: () => Promise<Session>): Promise<Session> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!isAppError(error, 'data_dir_busy') || performance.now() > giveUpAt) throw error;
      await sleep(LOOK_EVERY_MS);
    }
  }
}

/** The server that answers questions; undefined where none runs. */
export async function serverOf(context: Context): Promise<FoundServer | undefined> {
  return remoteServer(context) ?? (await findServer(context.config.dataDir));
}

async function sessionOfServer(context: Context): Promise<Session | undefined> {
  const found = await serverOf(context);
  return found && { api: createClient(askServer(found)), serverUrl: found.url, close: async () => {} };
}

/** What a session here needs takes a second to load, which one with a server can do without. */
async function readHere(context: Context): Promise<Session> {
  const { openReader } = await import('./ownInstallation.ts');
  return openReader(context);
}

async function workHere(context: Context): Promise<Session> {
  const { openWorker } = await import('./ownInstallation.ts');
  return openWorker(context);
}
