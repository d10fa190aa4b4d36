/** The task names that the store queues dispatches under: live work has slots of its own. */
const SHARD_TASKS = { live: 'live_shard', other: 'shard' } as const;

/** Some slots of a process, and what may take them. */
export interface Slots {
  readonly tasks: readonly string[];
  readonly slots: number;
}

/**
 * One slot is kept for live work, so that a backfill never holds it up; all others take whatever comes
 * first by priority. A process with a single slot keeps none.
 * @example slotsOf(3) // two for everything, one for live work
 */
export function slotsOf(concurrency: number): readonly Slots[] {
  const all = [SHARD_TASKS.live, SHARD_TASKS.other];
  if (concurrency < 2) return [{ tasks: all, slots: 1 }];
  return [
    { tasks: all, slots: concurrency - 1 },
    { tasks: [SHARD_TASKS.live], slots: 1 },
  ];
}
