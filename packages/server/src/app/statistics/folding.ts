import type { AppDeps } from '../deps.ts';
import { loopService, type Service } from '../loop.ts';

const EVERY_MS = 1_000;
/** Runs that are added up in one transaction: some hundred milliseconds at most. */
const BATCH = 1_000;
const SAMPLE_EVERY_MS = 3_600_000;

/**
 * The service that adds ended runs to the sums, and notes each hour how full the disk is. It runs in many processes;
 * one of them at a time adds up.
 */
export function createFolding(
  deps: Pick<AppDeps, 'store' | 'clock' | 'log' | 'freeMegabytes'> & {
    readonly tasks: Pick<AppDeps['tasks'], 'mask'>;
  },
): Service {
  let sampledAt = Number.NEGATIVE_INFINITY;
  return loopService({
    name: 'statistics',
    everyMs: EVERY_MS,
    clock: deps.clock,
    log: deps.log,
    turn: async () => {
      if (deps.clock.now() - sampledAt >= SAMPLE_EVERY_MS) {
        await deps.store.sampleDisk((await deps.freeMegabytes()) ?? null);
        sampledAt = deps.clock.now();
      }
      return (await deps.store.foldEndedRuns(BATCH, deps.tasks.mask)) === BATCH;
    },
  });
}
