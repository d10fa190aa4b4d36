import { AppError } from '@tapekeeper/core';
import type { RunId } from '../../ports/runStore.ts';
import type { RunView } from '../../ports/viewStore.ts';
import type { AppDeps } from '../deps.ts';
import { runFacts, type RunFacts } from './runFacts.ts';
import { progressOf, type RunProgress } from './runProgress.ts';
import { situationsOf, type Situation } from './runSituation.ts';
import { situationText } from './runTexts.ts';
import { judgeStuck, type StuckJudgement } from './stuck.ts';
import { joined, spanOf, type Words } from './words.ts';

export interface ToldSituation extends Situation {
  readonly text: Words;
}

/** What a run is doing, told with everything that it was judged by. */
export interface RunExplanation {
  readonly facts: RunFacts;
  readonly progress: RunProgress;
  /** The one that speaks for the run first. */
  readonly situations: readonly [ToldSituation, ...ToldSituation[]];
  /** The verdict in a sentence or two. */
  readonly text: Words;
  readonly stuck: StuckJudgement;
}

/** What a run is doing or waiting for, open or not. Raises `unknown_run`. */
export async function explainRun(deps: AppDeps, id: RunId): Promise<RunExplanation> {
  const run = await deps.store.run(id);
  if (run === undefined) throw new AppError('unknown_run', { run: id });
  const [facts, durations, recent] = await Promise.all([
    runFacts(deps, run),
    deps.store.pastDurations({ jobId: run.jobId, dataset: run.dataset }),
    deps.store.recentPace(id),
  ]);
  const told = situationsOf(facts).map((one) => ({ ...one, text: situationText(facts, one) }));
  const [first, ...others] = told as [ToldSituation, ...ToldSituation[]];
  const stuck = judgeStuck(run, first.code, durations);
  return {
    facts,
    progress: progressOf(run, recent),
    situations: [first, ...others],
    text: joined(first.text, stuck.stuck ? stuckText(stuck) : undefined),
    stuck,
  };
}

export interface RunStepsReport {
  readonly run: RunView;
  readonly progress: RunProgress;
}

/** How far a run is, step by step. Raises `unknown_run`. */
export async function runSteps(deps: AppDeps, id: RunId): Promise<RunStepsReport> {
  const run = await deps.store.run(id);
  if (run === undefined) throw new AppError('unknown_run', { run: id });
  const recent = run.state === 'running' ? await deps.store.recentPace(id) : null;
  return { run, progress: progressOf(run, recent) };
}

function stuckText({ stillMs, thresholdMs }: StuckJudgement): Words {
  const [still, threshold] = [spanOf(stillMs), spanOf(thresholdMs)];
  return {
    en: `It seems stuck: nothing of it was written for ${still.en}, and ${threshold.en} is what its like may take.`,
    zh: `疑似卡住：已 ${still.zh}没有写入，同类运行的上限为 ${threshold.zh}。`,
  };
}
