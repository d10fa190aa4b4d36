import type { TestProject } from 'vitest/node';
import type {} from './database.ts';
import { preparedInstallation } from './preparedInstallation.ts';
import { startTestServer } from './testServer.ts';

let stop: (() => Promise<void>) | undefined;

/** Starts the PostgreSQL of the run; test files reach it through `createDatabase`. */
export async function setup(project: TestProject): Promise<void> {
  const started = await startTestServer();
  stop = started.stop;
  project.provide('testServer', started.server);
  project.provide('preparedInstallation', await preparedInstallation());
}

export async function teardown(): Promise<void> {
  await stop?.();
}
