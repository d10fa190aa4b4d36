import { AppError } from '@tapekeeper/core';
import type { Api } from './api.ts';
import type { Context } from './context.ts';

/** Throws `disk_full` rather than asking for work that would wait for space without a word. */
export async function requireSpace({ config }: Pick<Context, 'config'>, api: Api): Promise<void> {
  const { freeMegabytes: free } = await api.status();
  const needed = config.minFreeMegabytes;
  if (free !== null && free < needed) throw new AppError('disk_full', { free, needed, dir: config.dataDir });
}
