import type { Source } from '../ports/source.ts';
import type { AppDeps } from './deps.ts';
import { createSingleConnections } from './singleConnections.ts';

/** A worker gives an idle connection up within seconds once somebody wants it. */
const MOST_TRIES = 10;

/** Says that the connection is still wanted; raises nothing. */
type Hold = () => Promise<void>;

/**
 * Works with the single connection of a source, as a worker of its own: its lease shuts everybody else
 * out meanwhile, and is gone with the worker. The work is told `busy` where another keeps the connection.
 */
export async function withConnection<T>(
  deps: AppDeps,
  source: Source,
  work: (held: Hold | 'busy') => Promise<T>,
  options: { readonly node: string; readonly tries?: number },
): Promise<T> {
  const worker = await deps.store.registerWorker({
    node: options.node,
    boot: crypto.randomUUID(),
    pid: 0,
  });
  const connections = createSingleConnections(deps, () => worker);
  try {
    if (!(await enter(deps, connections, source, worker, options.tries ?? MOST_TRIES)))
      return await work('busy');
    try {
      return await work(async () => void (await deps.store.beat(worker)));
    } finally {
      await source.close();
      await connections.leave(source.id);
    }
  } finally {
    await deps.store.releaseLease(source.id, worker);
    await deps.store.stopWorker(worker);
  }
}

async function enter(
  deps: AppDeps,
  connections: ReturnType<typeof createSingleConnections>,
  source: Source,
  worker: number,
  most: number,
): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    await deps.store.beat(worker);
    if (await connections.enter(source.id)) return true;
    if (tries >= most) return false;
    await deps.clock.sleep(deps.settings.leaseRetryMs);
  }
}
