import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { copyInstallation } from '../support/preparedInstallation.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A data directory to be copied. */
    preparedInstallation: string;
  }
}

export interface DataDirs {
  /** A new, empty directory. */
  make(): Promise<string>;
  /** A new one with the empty database of an installation in replay mode, as a first start leaves it. */
  prepared(): Promise<string>;
  /** The name of one that is not there yet. */
  name(): string;
  /** Removes all of them. */
  remove(): Promise<void>;
}

/** Directories of a test file. They lie where the user of the embedded server gets to. */
export function dataDirs(): DataDirs {
  const made: string[] = [];
  const prefix = join(tmpdir(), 'tapekeeper-cli-');
  const known = (dir: string): string => {
    made.push(dir);
    return dir;
  };
  return {
    make: async () => known(await mkdtemp(prefix)),
    async prepared() {
      const dir = known(await mkdtemp(prefix));
      await copyInstallation(inject('preparedInstallation'), dir);
      return dir;
    },
    name: () => known(prefix + randomUUID()),
    async remove() {
      for (const dir of made) await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
