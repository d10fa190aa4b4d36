import { EXIT } from '@tapekeeper/core';
import type { Log } from '../ports/log.ts';

/**
 * Ends the process by an error that nobody caught, a promise's included, and says so in the log first, where secrets
 * are masked: of what state the program is in nobody knows, and what is open goes on with the next start. Returns
 * how to take it back.
 */
export function sayLastWords(log: Pick<Log, 'error'>): () => void {
  const end = (error: unknown): void => {
    log.error({ err: error }, 'an error that nobody caught ends this process');
    process.exit(EXIT.internal);
  };
  process.on('uncaughtException', end);
  return () => void process.removeListener('uncaughtException', end);
}
