import type { CallLog } from './callLog.ts';
import type { FaultScript } from './faults/faultScript.ts';
import type { Pauses } from './pauses.ts';
import type { Random } from './random.ts';

/** What both upstream servers share. */
export interface Upstream {
  readonly calls: CallLog;
  readonly faults: FaultScript;
  readonly random: Random;
  readonly pauses: Pauses;
  /** Added before every answer. */
  readonly latencyMs: number;
  readonly now: () => number;
}

/** A listening server of one protocol. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}
