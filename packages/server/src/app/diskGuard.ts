import { AppError } from '@tapekeeper/core';
import type { AppDeps } from './deps.ts';

/** A full write-ahead log stops PostgreSQL hard, so no item is begun when space runs out. */
export async function requireFreeSpace(deps: AppDeps): Promise<void> {
  const free = await deps.freeMegabytes();
  const needed = deps.settings.minFreeMegabytes;
  if (free !== undefined && free < needed)
    throw new AppError('disk_full', { free, needed, dir: 'the data directory' });
}
