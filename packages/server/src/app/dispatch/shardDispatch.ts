import type { Run, ShardClaim } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';
import type { SingleConnections } from '../singleConnections.ts';

/** A claimed shard with everything that its work needs. */
export interface ShardDispatch {
  readonly deps: AppDeps;
  readonly connections: SingleConnections;
  readonly claim: ShardClaim;
  readonly run: Run;
  /** Aborts when the worker stops, the run is told to stop or pause, or the claim is lost. */
  readonly signal: AbortSignal;
}
