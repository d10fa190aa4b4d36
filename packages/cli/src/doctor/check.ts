import type { AppError } from '@tapekeeper/core';

/** What one look at the installation has shown. */
export interface Check {
  readonly name: string;
  /** `warn` is worth knowing and stops nothing. */
  readonly state: 'ok' | 'warn' | 'failed';
  readonly detail: string;
  /** Why it failed. */
  readonly error?: AppError;
}

export const ok = (name: string, detail: string): Check => ({ name, state: 'ok', detail });
export const warn = (name: string, detail: string): Check => ({ name, state: 'warn', detail });
