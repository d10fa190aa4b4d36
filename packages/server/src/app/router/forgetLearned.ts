import { AppError } from '@tapekeeper/core';
import type { AppDeps } from '../deps.ts';

/**
 * Forgets the ceilings that a host has taught by words or bans; the configured ones stay. Returns how many
 * there were. Raises `bad_request` for what is no host of a source.
 */
export async function forgetLearned(deps: AppDeps, host: string): Promise<number> {
  const known = [...deps.sources.values()].flatMap(({ hosts }) => hosts);
  if (!known.includes(host)) {
    throw new AppError('bad_request', { problem: `"${host}" is no host. Known are ${known.join(', ')}.` });
  }
  return deps.store.forgetLearned(host);
}
