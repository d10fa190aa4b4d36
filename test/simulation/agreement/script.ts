import { AppError, scheduleOf, type Instant } from '@tapekeeper/core';
import type { ItemCommit, NewPlan, ShardClaim } from '../../../packages/server/src/ports/runStore.ts';
import { below, type Random } from '../../chaos/random.ts';
import { commitOf, newItem, newRun } from '../../conformance/store/stand.ts';
import { drawSchedule, exampleDefinition, syncDefinition, workflowDefinition } from '../jobTemplates.ts';
import type { StoreCalls } from '../memory/calls.ts';
import type { Memory } from '../memory/memory.ts';
import { isOver } from '../memory/runs.ts';
import { nextMoment } from '../runCommand.ts';
import { WORLD_START } from '../world.ts';

/** A call that both stores are given. */
export interface ScriptedCall {
  readonly name: keyof StoreCalls;
  readonly input: readonly unknown[];
}

const WISH = { end: 'cancelled', code: 'cancelled', reason: '', by: 'somebody' } as const;
const TROUBLE = new AppError('timeout', { source: 'memory', message: 'too late.' });

/**
 * The next call, drawn from what there is: workers that live, dispatches that wait, claims that are held or
 * were held once, runs and jobs.
 */
export function drawCall(memory: Memory, claims: readonly ShardClaim[], random: Random): ScriptedCall {
  const { tables, queue } = memory;
  const one = <T>(values: Iterable<T>): T | undefined => {
    const all = [...values];
    return all[below(random, all.length)];
  };
  const worker = one(tables.workers.keys());
  if (worker === undefined || random() < 0.02)
    return call('registerWorker', { node: 'test', boot: bootOf(random), pid: 1 });
  const waiting = one(queue.rows.values());
  if (waiting !== undefined && random() < 0.3)
    return call('claimShard', { ...waiting.dispatch, workerId: worker });
  const claim = random() < 0.85 ? claims.at(-1 - below(random, 4)) : one(claims);
  if (claim !== undefined && random() < 0.6) return drawWrite(claim, random);
  const run = one([...tables.runs.values()].filter((row) => !isOver(row) || random() < 0.1));
  if (run !== undefined && random() < 0.35) {
    switch (below(random, 4)) {
      case 0:
        return call('stopRun', run.id, WISH, random() < 0.3);
      case 1:
        return call('pauseRun', run.id, 'somebody');
      default:
        return call('continueRun', run.id, 'somebody');
    }
  }
  return drawRound(memory, worker, random);
}

/** What a worker writes under a claim, whether that still counts or not. */
function drawWrite(claim: ShardClaim, random: Random): ScriptedCall {
  const drawn = below(random, 12);
  if (drawn === 0) return call('releaseShard', claim, 0, random() < 0.5);
  if (drawn === 1) return call('failAttempt', claim, TROUBLE);
  if (drawn === 2) return call('yieldShard', claim);
  if (drawn === 3) return call('failRun', claim, TROUBLE);
  switch (claim.kind) {
    case 'plan': {
      if (drawn < 6) return call('waitForRuns', claim, [requirement(claim.runId)]);
      return call('savePlan', claim, planOf(random));
    }
    case 'fetch': {
      if (drawn === 4) return call('failShard', claim, TROUBLE);
      if (drawn === 5) return call('replan', claim, ['baostock'], 0);
      if (drawn < 8) return call('takeItems', claim, 2);
      if (drawn < 11) return call('commitItems', claim, drawCommits(random));
      return call('closeShard', claim);
    }
    case 'task':
      return call('endTask', claim, {
        state: random() < 0.7 ? 'success' : 'failed',
        result: {},
        error: null,
      });
    case 'workflow':
      return random() < 0.7
        ? call('advanceWorkflow', claim, { start: [], skip: [], seenEnded: 0 })
        : call('endTask', claim, { state: 'success', result: {}, error: null });
  }
}

/** What nobody in particular does: people, schedulers, and the loops of workers. */
function drawRound({ tables }: Memory, worker: number, random: Random): ScriptedCall {
  const jobs = [...tables.jobs.values()];
  const job = jobs[below(random, jobs.length)];
  const drawn = below(random, 14);
  if (job === undefined || (drawn < 2 && jobs.length < 8)) return createJob(jobs.length, random);
  switch (drawn) {
    case 2:
      return call('createRun', newRun());
    case 3:
    case 4:
      return call('triggerJob', job.id, { by: 'somebody', params: {} });
    case 5:
      return call(
        'setJobState',
        job.id,
        (['enabled', 'paused', 'disabled'] as const)[below(random, 3)],
        'a',
        nextMoment,
      );
    case 6:
      return call('rescue', 15_000);
    case 7:
      return call('enforceStops', 30_000);
    case 8:
      return waitAtOnePlace(tables) ? call('giveTurns') : call('fireDue', 100);
    case 9:
      return call('fireAfter', 10);
    case 10:
      return call('beat', worker);
    case 11:
      return random() < 0.1 ? call('stopWorker', worker) : call('signalsFor', worker);
    default:
      return call('fireDue', 100);
  }
}

/** In which order places are given turns is nobody's promise. */
function waitAtOnePlace({ runs }: Memory['tables']): boolean {
  const waiting = [...runs.values()].filter((run) => run.waitsForTurn && !isOver(run));
  return new Set(waiting.map(({ jobId, group }) => `${jobId} ${group}`)).size <= 1;
}

function createJob(count: number, random: Random): ScriptedCall {
  // no two jobs are ever due at the same moment: in which order they are decided about is nobody's promise
  const anchor = WORLD_START + 7 * count;
  const schedule = drawSchedule(random, { kind: 'interval', everySeconds: 15 + below(random, 60), anchor });
  const kinds = [
    () => syncDefinition(random, schedule),
    () => exampleDefinition(random, schedule),
    () => exampleDefinition(random, scheduleOf({ kind: 'after', jobId: 1 })),
    () => ({ ...workflowDefinition(random, [1, 1, 1]), schedule }),
  ];
  const draw = kinds[count < 2 ? count : below(random, kinds.length)] ?? kinds[1];
  const definition = draw?.();
  return call('createJob', { key: `job-${count}`, definition, state: 'enabled', author: 'a' }, nextMoment);
}

function requirement(parentRunId: number) {
  return newRun({ dataset: 'stock_basics', cause: 'requirement', parentRunId });
}

function planOf(random: Random): NewPlan {
  const shards = Array.from({ length: below(random, 3) }, () => {
    const items = Array.from({ length: 1 + below(random, 3) }, () => newItem());
    return { source: 'tushare' as const, symbolsTotal: items.length, items };
  });
  const summary = {
    source: 'tushare' as const,
    sources: ['tushare' as const],
    shape: 'symbol' as const,
    items: 1,
    calls: 1,
    cells: 1,
    unservedCells: 0,
    estimatedMs: 0,
  };
  return { summary, shards, nextRound: random() < 0.4 ? 1 : null, cellsLeft: random() < 0.1 ? 3 : 0 };
}

/** Of the first items of the shard, whether they are under way or not. */
function drawCommits(random: Random): readonly ItemCommit[] {
  const first = 1 + below(random, 4);
  const state = (['done', 'done', 'failed', 'pending'] as const)[below(random, 4)] ?? 'done';
  return [first, first + 1].map((no) =>
    commitOf(no, { state, counts: {}, outcome: state === 'done' ? 'ok' : null }),
  );
}

function bootOf(random: Random): string {
  return `00000000-0000-4000-8000-${String(below(random, 1_000_000_000)).padStart(12, '0')}`;
}

function call(name: keyof StoreCalls, ...input: readonly unknown[]): ScriptedCall {
  return { name, input };
}

/** By how much the time moves on between two calls. */
export function drawPause(random: Random): Instant {
  return [0, 0, 200, 1000, 4500, 9000, 31_000][below(random, 7)] ?? 0;
}
