import type { Identity } from '@tapekeeper/core';
import type { AppDeps } from '../deps.ts';

/** What a request shows of who it comes from. */
export interface ShownProof {
  /** What follows `Authorization: Bearer`. */
  readonly bearer: string | null;
  /** Value of the session's cookie. */
  readonly cookie: string | null;
}

/** Who holds what was shown; undefined where it is good for nothing. */
export async function identify(_deps: AppDeps, _shown: ShownProof): Promise<Identity | undefined> {
  return undefined;
}
