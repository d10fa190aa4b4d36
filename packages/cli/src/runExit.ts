import type { Run } from '@tapekeeper/contract';
import { ERRORS, EXIT, type ErrorCode } from '@tapekeeper/core';

/**
 * The exit code that a run's end stands for: 1 where something was left undone, the code of its error
 * where it failed as a whole.
 */
export function exitOfRun(run: Run): number {
  switch (run.state) {
    case 'success':
      return EXIT.ok;
    case 'failed':
      return run.error !== null && isErrorCode(run.error.code)
        ? ERRORS[run.error.code].exit
        : EXIT.unavailable;
    case 'cancelled':
    case 'skipped':
    case 'missed':
    case 'success_with_errors':
    case 'pending':
    case 'running':
    case 'paused':
      return EXIT.partial;
  }
}

/** The worst of several: the first that is neither fine nor partial, else partial, else fine. */
export function worstExit(codes: readonly number[]): number {
  return codes.find((code) => code > EXIT.partial) ?? (codes.includes(EXIT.partial) ? EXIT.partial : EXIT.ok);
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}
