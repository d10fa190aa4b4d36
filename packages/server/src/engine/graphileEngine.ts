import { Logger, run, type Runner, type RunnerOptions, type Task } from 'graphile-worker';
import { z } from 'zod';
import type { Clock } from '../ports/clock.ts';
import type { Dispatch, DispatchHandler, Engine } from '../ports/engine.ts';
import type { Log } from '../ports/log.ts';
import { slotsOf } from './slots.ts';

const payloadSchema = z.strictObject({ runId: z.int(), shardNo: z.int(), dispatch: z.int() });

/** What the library asks its connections of. */
type QueuePool = NonNullable<RunnerOptions['pgPool']>;

export interface GraphileEngineOptions {
  /** Opens a pool of so many connections, for one runner; the engine ends it. */
  readonly openPool: (most: number) => QueuePool;
  /** Dispatches at a time. */
  readonly concurrency: number;
  /** How often the queue is looked at besides its notifications. */
  readonly pollMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a stop waits for dispatches that were told to end; default 20 s. */
  readonly graceMs?: number;
}

const GRACE_MS = 20_000;

/**
 * graphile-worker as the runner of dispatches: a runner for all of them, and one with a slot for live work.
 * No local queue: jobs that a killed worker had fetched ahead would never come back. Its cron and its named
 * queues are not used.
 */
export function createGraphileEngine(options: GraphileEngineOptions): Engine {
  let runners: readonly Runner[] = [];
  let pools: QueuePool[] = [];
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

  const startRunner = (
    handler: DispatchHandler,
    tasks: readonly string[],
    concurrency: number,
  ): Promise<Runner> => {
    // one connection listens for new jobs
    const pgPool = options.openPool(concurrency + 1);
    pools.push(pgPool);
    return run({
      pgPool,
      concurrency,
      pollInterval: options.pollMs,
      noHandleSignals: true,
      taskList: Object.fromEntries(tasks.map((name) => [name, task(handler)])),
      logger: quietLogger(options.log),
    });
  };

  /** Nobody waits for it: a peer that is dead never answers the goodbye. */
  const endPools = (): void => {
    for (const pool of pools) pool.end().catch(() => {});
    pools = [];
  };

  return {
    async start(handler) {
      stopping = new AbortController();
      running = new Set();
      const started: Runner[] = [];
      try {
        for (const { tasks, slots } of slotsOf(options.concurrency))
          started.push(await startRunner(handler, tasks, slots));
      } catch (error) {
        await Promise.allSettled(started.map((runner) => runner.stop()));
        endPools();
        throw error;
      }
      runners = started;
    },
    async stop() {
      const stopped = Promise.allSettled(runners.map((runner) => runner.stop()));
      stopping.abort();
      const inTime = await within(
        options,
        Promise.allSettled(running).then(() => stopped),
      );
      if (!inTime) {
        options.log.warn({ dispatches: running.size }, 'dispatches did not end in time, left to the fence');
        await Promise.allSettled(runners.map((runner) => runner.kill()));
      }
      runners = [];
      endPools();
    },
  };
}

/** Whether the work ends within the grace. */
async function within(
  { clock, graceMs = GRACE_MS }: GraphileEngineOptions,
  work: Promise<unknown>,
): Promise<boolean> {
  const waiting = new AbortController();
  const late = clock.sleep(graceMs, waiting.signal).then(
    () => false,
    () => true,
  );
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    waiting.abort();
  }
}

/** The library talks about every job; only its warnings and errors are ours to keep. */
function quietLogger(log: Log): Logger {
  return new Logger(() => (level, message) => {
    if (level === 'error') log.error({ from: 'engine' }, message);
    else if (level === 'warning') log.warn({ from: 'engine' }, message);
  });
}
