import { inject } from 'vitest';
import { cloneDatabase, type TestDatabase } from './testDatabase.ts';
import type { TestServer } from './testServer.ts';

export type { TestDatabase } from './testDatabase.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    testServer: TestServer;
  }
}

/**
 * A fresh database for the test file that calls it, cloned from the template of the run's server.
 * @example const { db, drop } = await createDatabase('runs');
 */
export function createDatabase(name = 'any'): Promise<TestDatabase> {
  return cloneDatabase(inject('testServer'), name);
}
