import type { Api } from '@tapekeeper/client';
import { EXIT } from '@tapekeeper/core';
import type { Context } from './context.ts';
import { openForReading } from './session.ts';

/** Opens the installation for one question. */
export async function asking(context: Context, work: (api: Api) => Promise<void>): Promise<number> {
  const session = await openForReading(context);
  try {
    await work(session.api);
    return EXIT.ok;
  } finally {
    await session.close();
  }
}
