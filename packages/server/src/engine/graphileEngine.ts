import { Logger, run, type Runner, type Task } from 'graphile-worker';
import { z } from 'zod';
import type { Dispatch, DispatchHandler, Engine } from '../ports/engine.ts';
import type { Log } from '../ports/log.ts';

/** The task name that the store queues dispatches under. */
const SHARD_TASK = 'shard';

const payloadSchema = z.strictObject({ runId: z.int(), shardNo: z.int(), dispatch: z.int() });

export interface GraphileEngineOptions {
  readonly connectionString: string;
  /** Dispatches at a time. */
  readonly concurrency: number;
  /** How often the queue is looked at besides its notifications. */
  readonly pollMs: number;
  readonly log: Log;
}

/**
 * graphile-worker as the runner of dispatches. No local queue: jobs that a killed worker had fetched
 * ahead would never come back. Its cron and its named queues are not used.
 */
export function createGraphileEngine(options: GraphileEngineOptions): Engine {
  let runner: Runner | undefined;
  let running = new Set<Promise<void>>();
  let stopping = new AbortController();

  const task =
    (handler: DispatchHandler): Task =>
    async (payload) => {
      const dispatch: Dispatch = payloadSchema.parse(payload);
      const work = handler(dispatch, stopping.signal);
      running.add(work);
      try {
        await work;
      } finally {
        running.delete(work);
      }
    };

  return {
    async start(handler) {
      stopping = new AbortController();
      running = new Set();
      runner = await run({
        connectionString: options.connectionString,
        concurrency: options.concurrency,
        pollInterval: options.pollMs,
        noHandleSignals: true,
        taskList: { [SHARD_TASK]: task(handler) },
        logger: quietLogger(options.log),
      });
    },
    async stop() {
      const stopped = runner?.stop();
      stopping.abort();
      await Promise.allSettled(running);
      await stopped;
      runner = undefined;
    },
  };
}

/** The library talks about every job; only its warnings and errors are ours to keep. */
function quietLogger(log: Log): Logger {
  return new Logger(() => (level, message) => {
    if (level === 'error') log.error({ from: 'engine' }, message);
    else if (level === 'warning') log.warn({ from: 'engine' }, message);
  });
}
