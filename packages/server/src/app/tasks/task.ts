import type { LogLine, TaskEnd } from '../../ports/runControlStore.ts';
import type { Run, ShardClaim } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';

/** A step as it is declared when the task begins. */
export interface PlannedStep {
  readonly name: string;
  /** Share of the whole, relative to the other steps. */
  readonly weight: number;
  readonly estimatedMs?: number;
  /** How many of whatever it counts; left out where it cannot be known. */
  readonly total?: number;
}

/** What a step says of itself while it runs. */
export interface StepTell {
  progress(done: number, total?: number, detail?: string): void;
  /** It goes wrong without ending the task. */
  fail(detail: string): void;
}

/** A run in one piece, with everything that its work needs. */
export interface TaskWork {
  readonly deps: AppDeps;
  readonly run: Run;
  readonly claim: ShardClaim;
  /** Aborts when the work has to end: the run is stopped, the worker leaves, or the claim is lost. */
  readonly signal: AbortSignal;
  /** Declares all steps; those of a former attempt begin anew. */
  plan(steps: readonly PlannedStep[]): Promise<void>;
  /** Does a declared step: running, then done, or failed with what was thrown. */
  step<T>(name: string, work: (tell: StepTell) => Promise<T>): Promise<T>;
  /** Resolves when there is room for more lines. */
  log(...lines: readonly LogLine[]): Promise<void>;
}

/**
 * What a type of run does. A result that is a failure in itself is returned; what is thrown is trouble,
 * and the run may be tried again. Aborted, it cleans up and throws `interrupted`.
 */
export type Task = (work: TaskWork) => Promise<TaskEnd>;
