import type { Log } from '../../packages/server/src/ports/log.ts';

/** A log that nobody reads. */
export const quietLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
