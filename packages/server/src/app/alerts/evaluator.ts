import { loopService, type Service } from '../loop.ts';
import type { AppDeps } from '../deps.ts';
import { datasetReader } from './datasetReader.ts';
import type { FactDeps } from './gatherFacts.ts';
import { lookAtAlerts } from './lookAtAlerts.ts';

const LOOK_EVERY_MS = 15_000;
/** Another evaluator has looked so lately that this one has nothing to do. */
const FRESH_MS = 10_000;

/** The loop that judges the rules. Any number may run over one database: one of them looks, the others see that it did. */
export function createEvaluator(options: {
  readonly deps: FactDeps & Pick<AppDeps, 'log'>;
  /** Pause between looks; 15 s. */
  readonly everyMs?: number;
}): Service {
  const { deps, everyMs = LOOK_EVERY_MS } = options;
  const read = datasetReader(deps);
  return loopService({
    name: 'alerts',
    everyMs,
    clock: deps.clock,
    log: deps.log,
    turn: async () => {
      const { at } = await deps.store.lastLook();
      const sinceMs = at === null ? Infinity : (await deps.store.now()) - at;
      if (sinceMs < Math.min(FRESH_MS, everyMs)) return everyMs - sinceMs;
      await lookAtAlerts(deps, read);
      return false;
    },
  });
}
