import {
  currentStep,
  etaRange,
  isSyncType,
  nodeSteps,
  overallProgress,
  RUN_MACHINE,
  syncSteps,
  type EtaRange,
  type Pace,
  type Step,
  type WorkflowParams,
} from '@tapekeeper/core';
import type { RunView } from '../../ports/viewStore.ts';

/** How far a run is. */
export interface RunProgress {
  readonly steps: readonly Step[];
  /** From 0 to 1. */
  readonly fraction: number;
  /** Null while it is too early to say, and for runs that do not run. */
  readonly eta: EtaRange | null;
  /** The step at hand; undefined when the run is over. */
  readonly step: Step | undefined;
}

/** A task counts its steps in parts of this. */
const PARTS = 10_000;

/**
 * The steps of a run, and how far it is by them. A sync is counted by symbols, any other run by its
 * steps. What was done lately makes the time left more certain, where somebody has counted it.
 */
export function progressOf(run: RunView, recent: Pace['recent'] = null): RunProgress {
  const steps = stepsOf(run);
  const endedWell = run.state === 'success' || run.state === 'success_with_errors';
  const fraction = endedWell ? 1 : overallProgress(steps);
  const isOver = RUN_MACHINE.terminal.includes(run.state);
  return {
    steps,
    fraction,
    eta: run.state === 'running' ? etaOf(run, fraction, recent) : null,
    step: isOver ? undefined : currentStep(steps),
  };
}

/** Read off the shards for a sync, off the nodes for a workflow; tasks tell of their own. */
export function stepsOf(run: RunView): readonly Step[] {
  const { shards, children, steps } = run.stages;
  if (isSyncType(run.type)) {
    const { state, startedAt, finishedAt, plan } = run;
    const estimatedMs = plan?.estimatedMs ?? null;
    const needed = children.filter(({ node }) => node === null);
    return syncSteps({ state, startedAt, finishedAt, estimatedMs, shards, children: needed });
  }
  if (run.type !== 'workflow') return steps;
  const { nodes = [] } = run.wish as Partial<WorkflowParams>;
  return nodeSteps(
    nodes.map(({ node }) => node),
    children,
  );
}

function etaOf(run: RunView, fraction: number, recent: Pace['recent']): EtaRange | null {
  if (run.startedAt === null) return null;
  const elapsedMs = Math.max(0, run.readAt - run.startedAt);
  if (!isSyncType(run.type)) {
    return etaRange({ done: fraction * PARTS, total: PARTS, pieces: 0, elapsedMs, recent: null });
  }
  return etaRange({
    done: Object.values(run.outcomes).reduce((sum, count) => sum + count, 0),
    total: run.symbolsTotal,
    pieces: run.itemsDone,
    elapsedMs,
    recent,
  });
}
