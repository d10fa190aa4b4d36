import type { Deadlines } from '../../packages/server/src/sources/watch.ts';

/** Never reached in a test: where they are, the test has failed. */
export const UNHURRIED: Deadlines = { connectMs: 60_000, idleMs: 60_000, totalMs: 60_000 };
