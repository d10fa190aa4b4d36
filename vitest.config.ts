import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const SECOND = 1000;

// the workers, and processes that tests begin, strip types once and not each time
const COMPILED = join(tmpdir(), `tapekeeper-test-${process.getuid?.() ?? 'me'}-compiled`);
process.env['NODE_COMPILE_CACHE'] ??= COMPILED;

/** Tests that need a database: everything below a folder of test/, and `.db.test.ts` beside a file. */
const DATABASE = ['test/*/**/*.test.ts', 'packages/server/src/**/*.db.test.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    // some tests wait for silences and time limits: a third one has the cores meanwhile
    maxWorkers: 3,
    retry: 0,
    // Node runs the sources as they are, here as everywhere
    experimental: { viteModuleRunner: false },
    allowOnly: false,
    passWithNoTests: false,
    testTimeout: 30 * SECOND,
    hookTimeout: 60 * SECOND,
    env: { NODE_COMPILE_CACHE: COMPILED },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // nothing in them outlives a test
          isolate: false,
          include: ['packages/*/src/**/*.test.ts', 'scripts/**/*.test.ts', 'test/*.test.ts'],
          exclude: DATABASE,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: DATABASE,
          globalSetup: ['test/support/globalSetup.ts'],
        },
      },
    ],
  },
});
