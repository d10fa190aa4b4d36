import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from '@tapekeeper/contract';
import { AppError, RUN_MACHINE } from '@tapekeeper/core';
import type { Api } from '@tapekeeper/client';

const LOOK_EVERY_MS = 200;

/** Looks at a run until it has ended. Throws `interrupted` when the signal aborts; the run goes on. */
export async function followRun(
  api: Api,
  id: number,
  onLook: (run: Run) => void | Promise<void>,
  signal: AbortSignal,
): Promise<Run> {
  for (;;) {
    if (signal.aborted) throw new AppError('interrupted');
    const run = await api.run(id);
    await onLook(run);
    if (hasEnded(run)) return run;
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

export function hasEnded(run: Run): boolean {
  return RUN_MACHINE.terminal.includes(run.state);
}
