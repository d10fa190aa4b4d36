import type { AppDeps } from '../deps.ts';
import { loopService, type Service } from '../loop.ts';
import { endLeftovers } from './endLeftovers.ts';

/** The same service, which ends programs that nobody watches any more for as long as it runs. */
export function withLeftoverWatch(
  worker: Service,
  deps: Pick<AppDeps, 'store' | 'tasks' | 'clock' | 'log'>,
  everyMs: number,
): Service {
  const watch = loopService({
    name: 'leftovers',
    everyMs,
    clock: deps.clock,
    log: deps.log,
    turn: async () => {
      await endLeftovers(deps);
      return false;
    },
  });
  return {
    async start() {
      await worker.start();
      await watch.start();
    },
    async stop() {
      await watch.stop();
      await worker.stop();
    },
  };
}
