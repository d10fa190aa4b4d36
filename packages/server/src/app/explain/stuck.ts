import type { Instant } from '@tapekeeper/core';
import type { RunView } from '../../ports/viewStore.ts';
import type { SituationCode } from './runSituation.ts';

/** Whether a run has stood still for longer than its like ever took. A flag for people: nothing is done to the run. */
export interface StuckJudgement {
  readonly stuck: boolean;
  /** Since anything of the run was written. */
  readonly stillMs: number;
  readonly thresholdMs: number;
  /** Earlier runs that the threshold is from. */
  readonly history: number;
}

const TIMES = 3;
const LEAST_MS = 10 * 60_000;

/** Waits that have a reason, and an end that somebody knows. */
const WAITS: readonly SituationCode[] = [
  'over',
  'paused',
  'waits_for_turn',
  'waits_to_retry',
  'breaker_open',
  'waits_for_budget',
  'waits_for_source',
  'waits_for_requirement',
  'waits_for_nodes',
];

export function judgeStuck(
  run: RunView,
  situation: SituationCode,
  durations: readonly number[],
): StuckJudgement {
  const stillMs = Math.max(0, run.readAt - lastProgress(run));
  const thresholdMs = Math.max(LEAST_MS, TIMES * percentile95(durations));
  const stuck = run.state === 'running' && !WAITS.includes(situation) && stillMs > thresholdMs;
  return { stuck, stillMs, thresholdMs, history: durations.length };
}

function lastProgress({ createdAt, startedAt, stages }: RunView): Instant {
  const ofSteps = stages.steps.flatMap((step) => [step.startedAt ?? 0, step.finishedAt ?? 0]);
  const ofChildren = stages.children.flatMap((child) => [child.startedAt ?? 0, child.finishedAt ?? 0]);
  const ofShards = stages.shards.map(({ updatedAt }) => updatedAt);
  return Math.max(createdAt, startedAt ?? 0, ...ofShards, ...ofSteps, ...ofChildren);
}

/** 0 of nothing. */
function percentile95(durations: readonly number[]): number {
  const sorted = durations.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? 0;
}
