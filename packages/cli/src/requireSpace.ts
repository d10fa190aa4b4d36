import { AppError, errorText, isAppError } from '@tapekeeper/core';
import type { Api } from '@tapekeeper/client';
import type { Context } from './context.ts';

/** Throws `disk_full` rather than asking for work that would wait for space without a word. */
export async function requireSpace({ config }: Pick<Context, 'config'>, api: Api): Promise<void> {
  const { freeMegabytes: free } = await api.status();
  const needed = config.minFreeMegabytes;
  if (free !== null && free < needed) throw new AppError('disk_full', { free, needed, dir: config.dataDir });
}

const LOOK_EVERY_MS = 5000;

/** Says once, while a run is followed, that it waits for space. */
export function spaceWatch({ config, output, language }: Context): (api: Api) => Promise<void> {
  let lookedAt = performance.now();
  let told = false;
  return async (api) => {
    if (told || performance.now() - lookedAt < LOOK_EVERY_MS) return;
    lookedAt = performance.now();
    try {
      await requireSpace({ config }, api);
    } catch (error) {
      if (!isAppError(error, 'disk_full')) throw error;
      told = true;
      output.note(`tapekeeper: ${errorText(error.code, error.details, language)}`);
    }
  };
}
