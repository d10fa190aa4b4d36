import { AppError, isoInstant } from '@tapekeeper/core';
import type { AskContext } from '../ports/source.ts';
import type { AppDeps } from './deps.ts';

/** A call waits for its budget in pieces, so that a stop or a breaker is noticed. */
const LONGEST_WAIT_MS = 5_000;

/** The gate before every call on the wire: the host's budget and breaker, shared by all processes. */
export function callGate(deps: AppDeps, signal: AbortSignal): AskContext['beforeCall'] {
  if (!deps.settings.budgets) return async () => {};
  return async (host, api) => {
    for (;;) {
      const permit = await deps.store.takeCall(host, api);
      if (permit.kind === 'granted') return;
      if (permit.kind === 'open') {
        throw new AppError('breaker_open', { host, until: isoInstant(permit.until), reason: permit.reason });
      }
      await deps.clock.sleep(Math.min(permit.waitMs, LONGEST_WAIT_MS), signal);
    }
  };
}
