import { toAppError } from '@tapekeeper/core';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { SecretBox } from '../../ports/secretStore.ts';
import { loopService, type Service } from '../loop.ts';

/** A secret that can be read without waiting, as it was some seconds ago at most. */
export interface LiveSecret extends Service {
  /** Undefined where there is none. */
  read(): string | undefined;
  /** Looks now. What was known stays where that fails. */
  refresh(): Promise<void>;
}

/** How long another process's change may go unnoticed. */
const EVERY_MS = 3_000;

/** Follows one secret of the box, so that a change of it needs no restart. */
export function createLiveSecret(options: {
  readonly secrets: Pick<SecretBox, 'read'>;
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
}): LiveSecret {
  const { secrets, name, clock, log } = options;
  let known: string | undefined;
  let told: string | undefined;

  const refresh = async (): Promise<void> => {
    try {
      known = await secrets.read(name);
      told = undefined;
    } catch (error) {
      const { code } = toAppError(error);
      // the same trouble is said once, not every three seconds
      if (code !== told) log.warn({ secret: name, err: error }, 'a secret could not be read');
      told = code;
    }
  };
  const loop = loopService({
    name: `secret ${name}`,
    everyMs: EVERY_MS,
    clock,
    log,
    turn: async () => {
      await refresh();
      return false;
    },
  });
  return { ...loop, read: () => known, refresh };
}
