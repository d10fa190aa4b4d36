import type { RunId } from './runStore.ts';

/** A queued wish that a shard be worked on; a stale one does nothing. */
export interface Dispatch {
  readonly runId: RunId;
  readonly shardNo: number;
  readonly dispatch: number;
}

export type DispatchHandler = (dispatch: Dispatch, signal: AbortSignal) => Promise<void>;

/** Runs queued dispatches, several at a time. */
export interface Engine {
  start(handler: DispatchHandler): Promise<void>;
  /** Takes no more dispatches, aborts the signals of the running ones and waits for them. */
  stop(): Promise<void>;
}
