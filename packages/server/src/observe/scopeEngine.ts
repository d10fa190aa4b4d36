import type { Engine } from '../ports/engine.ts';
import type { Log } from '../ports/log.ts';

/** An engine under which whatever is logged for a dispatch names its run and shard. */
export function scopeEngine(engine: Engine, log: Log): Engine {
  const within = log.within ?? ((_fields, work) => work());
  return {
    start: (handler) =>
      engine.start((dispatch, signal) => {
        const { runId, shardNo } = dispatch;
        return within({ runId, shardNo }, () => handler(dispatch, signal));
      }),
    stop: () => engine.stop(),
  };
}
