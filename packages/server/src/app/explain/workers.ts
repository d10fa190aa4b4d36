import type { WorkerFacts } from '../../ports/explainStore.ts';

/** Without a heartbeat for this long, a worker counts as dead. */
export const SILENT_MS = 15_000;

/** Whether a worker takes dispatches. One without a process of its own only holds a connection for a moment. */
export function isAlive({ stoppedAt, silentMs, pid }: WorkerFacts): boolean {
  return stoppedAt === null && silentMs < SILENT_MS && pid !== 0;
}
