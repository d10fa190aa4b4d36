import type { Instant } from '../day.ts';
import type { RunState } from './states.ts';

export type StepState = 'pending' | 'running' | 'done' | 'failed' | 'skipped' | 'cancelled';

/** A named stage of a run, as people read it. */
export interface Step {
  readonly no: number;
  /** `calendar`, `list`, `plan`, `fetch`, `finish`; tasks and workflows have names of their own. */
  readonly name: string;
  readonly state: StepState;
  /** Share of the whole, relative to the other steps. */
  readonly weight: number;
  readonly estimatedMs: number | null;
  readonly done: number;
  /** 0 where it cannot be counted. */
  readonly total: number;
  readonly detail: string | null;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
}

/** A shard, as far as steps are read off it. */
export interface StageShard {
  readonly no: number;
  readonly kind: 'plan' | 'fetch' | 'task' | 'workflow';
  readonly source: string | null;
  readonly open: boolean;
  /** Whether a worker has it. */
  readonly held: boolean;
  /** Whether it sleeps until other shards are closed. */
  readonly waits: boolean;
  readonly itemsTotal: number;
  /** Done or failed. */
  readonly itemsOver: number;
  readonly symbolsTotal: number;
  readonly symbolsDone: number;
  readonly updatedAt: Instant;
}

/** A run that another one has begun: something that it needs, or a node of its workflow. */
export interface StageChild {
  readonly runId: number;
  readonly dataset: string | null;
  readonly node: string | null;
  readonly state: RunState;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
}

/** Everything that the steps of a run are read off. */
export interface StageFacts {
  readonly state: RunState;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  /** Time that the plan has reckoned for the first round; null before it is made. */
  readonly estimatedMs: number | null;
  readonly shards: readonly StageShard[];
  readonly children: readonly StageChild[];
}

/** Share of the steps before the first call, at least and at most. */
const LEAST_BEFORE = 0.03;
const MOST_BEFORE = 0.5;
/** Of what is left of the whole, the share that a round of calls leaves to those that may come after it. */
const LATER_SHARE = 0.05;

/**
 * The steps of a sync: the lists that it needs, its plan, one step for each round of calls, the finish.
 * The share of a step never changes in a way that takes progress back: the steps before the first call
 * get their part of the time when the plan is made, and never less than they had; each round leaves a
 * little to a next one, whether or not it comes.
 * @example overallProgress(syncSteps(facts)) // 0.42
 */
export function syncSteps(facts: StageFacts): readonly Step[] {
  const { shards, children } = facts;
  const plans = shards.filter((shard) => shard.kind === 'plan');
  const first = plans[0];
  const before = [...listSteps(children), planStep(facts, first)];
  const beforeShare = shareBefore(facts, first);
  let left = 1 - beforeShare;
  const rounds = plans.flatMap((plan, at) => {
    const next = plans[at + 1];
    const fetches = shards.filter(
      ({ kind, no }) => kind === 'fetch' && no > plan.no && (next === undefined || no < next.no),
    );
    const isPlanned = at > 0 && plan.open && !plan.waits;
    if (fetches.length === 0 && !isPlanned) return [];
    const weight = left * (1 - LATER_SHARE);
    left -= weight;
    return [roundStep(facts, plan, fetches, weight, at === 0 ? facts.estimatedMs : null)];
  });
  const steps = [
    ...before.map((step) => ({ ...step, weight: beforeShare / before.length })),
    ...rounds,
    finishStep(facts, left),
  ];
  return steps.map((step, no) => ({ ...step, no }));
}

/** The steps of a workflow: its nodes, begun or not. */
export function nodeSteps(nodes: readonly string[], children: readonly StageChild[]): readonly Step[] {
  return nodes.map((node, no) => {
    const child = children.find((one) => one.node === node);
    return {
      ...EMPTY,
      no,
      name: node,
      weight: 1,
      state: child === undefined ? 'pending' : stateOfChild(child.state),
      detail: child === undefined ? null : `run ${child.runId}`,
      startedAt: child?.startedAt ?? null,
      finishedAt: child?.finishedAt ?? null,
    };
  });
}

const EMPTY: Omit<Step, 'name' | 'state'> = {
  no: 0,
  weight: 0,
  estimatedMs: null,
  done: 0,
  total: 0,
  detail: null,
  startedAt: null,
  finishedAt: null,
};

function listSteps(children: readonly StageChild[]): readonly Step[] {
  return children.map((child) => ({
    ...EMPTY,
    name: child.dataset === 'trade_calendar' ? 'calendar' : 'list',
    state: stateOfChild(child.state),
    detail: `${child.dataset ?? ''}, run ${child.runId}`,
    startedAt: child.startedAt,
    finishedAt: child.finishedAt,
  }));
}

function stateOfChild(state: RunState): StepState {
  switch (state) {
    case 'pending':
      return 'pending';
    case 'running':
    case 'paused':
      return 'running';
    case 'success':
    case 'success_with_errors':
      return 'done';
    case 'failed':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
    case 'skipped':
    case 'missed':
      return 'skipped';
  }
}

function planStep(facts: StageFacts, plan: StageShard | undefined): Step {
  const isMade = facts.estimatedMs !== null || (plan !== undefined && !plan.open && !endedBadly(facts));
  return {
    ...EMPTY,
    name: 'plan',
    state: isMade ? 'done' : openState(facts, plan?.held ?? false),
    startedAt: facts.startedAt,
    finishedAt: isMade ? (plan?.updatedAt ?? null) : null,
  };
}

/** The part of the whole that went into lists and plan: by the clock once that is known, never less than before. */
function shareBefore({ estimatedMs, startedAt }: StageFacts, plan: StageShard | undefined): number {
  if (estimatedMs === null || startedAt === null || plan === undefined || plan.open) return LEAST_BEFORE;
  const beforeMs = Math.max(0, plan.updatedAt - startedAt);
  const share = beforeMs / Math.max(1, beforeMs + estimatedMs);
  return Math.min(MOST_BEFORE, Math.max(LEAST_BEFORE, share));
}

function roundStep(
  facts: StageFacts,
  plan: StageShard,
  fetches: readonly StageShard[],
  weight: number,
  estimatedMs: number | null,
): Step {
  const sum = (count: (shard: StageShard) => number): number =>
    fetches.reduce((total, shard) => total + count(shard), 0);
  const isOver =
    fetches.length > 0 && sum(({ itemsOver }) => itemsOver) >= sum(({ itemsTotal }) => itemsTotal);
  const isClosed = fetches.length > 0 && fetches.every(({ open }) => !open);
  const isDone = isOver || (isClosed && !endedBadly(facts));
  const total = sum(({ symbolsTotal }) => symbolsTotal);
  const ends = fetches.map(({ updatedAt }) => updatedAt);
  return {
    ...EMPTY,
    name: 'fetch',
    weight,
    estimatedMs,
    state: isDone ? 'done' : openState(facts, plan.held || fetches.some(({ held }) => held)),
    done: isDone
      ? total
      : Math.min(
          total,
          sum(({ symbolsDone }) => symbolsDone),
        ),
    total,
    detail: [...new Set(fetches.flatMap(({ source }) => source ?? []))].join(', ') || null,
    startedAt: fetches.length === 0 || plan.open ? null : plan.updatedAt,
    finishedAt: isClosed ? Math.max(...ends) : null,
  };
}

function finishStep(facts: StageFacts, weight: number): Step {
  const isDone = facts.state === 'success' || facts.state === 'success_with_errors';
  return {
    ...EMPTY,
    name: 'finish',
    weight,
    state: isDone ? 'done' : openState(facts, false),
    finishedAt: isDone ? facts.finishedAt : null,
  };
}

/** Ended before its steps were: what had not been done never will be. */
function endedBadly({ state }: StageFacts): boolean {
  return ['failed', 'cancelled', 'skipped', 'missed'].includes(state);
}

/** The state of a step that has not been done, in a run of that state. */
function openState({ state }: Pick<StageFacts, 'state'>, held: boolean): StepState {
  switch (state) {
    case 'pending':
    case 'running':
    case 'paused':
      return held ? 'running' : 'pending';
    case 'failed':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
    case 'success':
    case 'success_with_errors':
    case 'skipped':
    case 'missed':
      return 'skipped';
  }
}
